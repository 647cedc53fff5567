// The part of gifenc's interface that Lacuna uses; the package brings no types. It is CommonJS: Node gives it whole as the
// default export, loaders that turn modules into CommonJS give its names.
declare module 'gifenc' {
  type Palette = [number, number, number][];
  type FrameOptions = { palette?: Palette; delay?: number; repeat?: number; first?: boolean };
  type Encoder = {
    readonly writeFrame: (index: Uint8Array, width: number, height: number, options?: FrameOptions) => void;
    readonly writeHeader: () => void;
    readonly reset: () => void;
    readonly finish: () => void;
    readonly bytes: () => Uint8Array;
  };
  type Gifenc = {
    readonly GIFEncoder: (options?: { auto?: boolean }) => Encoder;
    readonly quantize: (rgba: Uint8Array, maxColors: number) => Palette;
    readonly applyPalette: (rgba: Uint8Array, palette: Palette) => Uint8Array;
  };
  export const GIFEncoder: Gifenc['GIFEncoder'] | undefined;
  export const quantize: Gifenc['quantize'] | undefined;
  export const applyPalette: Gifenc['applyPalette'] | undefined;
  const gifenc: Gifenc;
  export default gifenc;
}
