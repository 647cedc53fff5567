// Owns the way from light that a common screen cannot show, HDR or of a wide gamut, to BT.709, as filters that work in
// whole numbers and stand in every build of ffmpeg. Knows nothing of streams.

/**
 * `bt709`: common video, passed on. `bt2020`: its colours on a wider gamut. `pq`: SMPTE ST 2084, absolute light up to
 * 10,000 cd/m². `hlg`: ARIB STD-B67, light relative to a screen of 1000 cd/m².
 */
export const lights = ['bt709', 'bt2020', 'pq', 'hlg'] as const;

/** One of the ways in which a stream's numbers mean light. */
export type Light = (typeof lights)[number];

/** cd/m²: what is brighter becomes white. */
const peakNits = 1000;

/** cd/m² of white paper in HDR (ITU-R BT.2408, section 2.1). */
const whiteNits = 203;

/** The exponent of a common screen (ITU-R BT.1886, with black at 0). */
const screenGamma = 2.4;

/** A pixel's value, 0 to 1, in an expression of `lutrgb`. */
const value = '(val/maxval)';

/** Values to linear light, 0 to 1, where 1 is `peakNits`, or the screen's white for `bt2020`. */
const toLinear: { readonly [L in Exclude<Light, 'bt709'>]: string } = {
  bt2020: `pow(${value},${screenGamma})`,
  // ITU-R BT.2100, table 4: the EOTF.
  pq: `min(1,${10_000 / peakNits}*pow(max(pow(${value},32/2523)-0.8359375,0)/(18.8515625-18.6875*pow(${value},32/2523)),16384/2610))`,
  // ITU-R BT.2100, table 5: the inverse OETF, then the OOTF with a gamma of 1.2, for each colour by itself.
  hlg: `pow(if(lte(${value},0.5),pow(${value},2)/3,(exp((${value}-0.55991073)/0.17883277)+0.28466892)/12),1.2)`,
};

/** Linear light of the BT.2020 primaries to those of BT.709 (ITU-R BT.2087, section 4, inverted). */
const toNarrowGamut = [
  'colorchannelmixer=rr=1.6605:rg=-0.5876:rb=-0.0728',
  'gr=-0.1246:gg=1.1329:gb=-0.0083',
  'br=-0.0182:bg=-0.1006:bb=1.1187',
].join(':');

/**
 * The curve of ffmpeg's `tonemap=mobius`: x up to 0.3 stays as it is, and from there a hyperbola `k (x + a) / (x + b)` of
 * the same slope reaches 1 at the peak. White paper comes to 0.68, which is 217 of 255.
 */
function toneCurve(): string {
  const knee = 0.3;
  const peak = peakNits / whiteNits;
  const a = (-(knee ** 2) * (peak - 1)) / (knee ** 2 - 2 * knee + peak);
  const b = (knee ** 2 - 2 * knee * peak + peak) / (peak - 1);
  const k = (b ** 2 + 2 * b * knee + knee ** 2) / (b - a);
  const x = `${value}*${peak}`;
  return `if(lte(${x},${knee}),${x},${k}*(${x}+${a})/(${x}+${b}))`;
}

/** Linear light to the 256 values of a screen, each as the 16 bits whose upper half it is: no rounding follows. */
function toScreen(linear: string): string {
  return `257*round(255*pow(min(1,${linear}),1/${screenGamma}))`;
}

function table(expression: string): string {
  return `lutrgb=r='${expression}':g='${expression}':b='${expression}'`;
}

function filtersFor(light: Exclude<Light, 'bt709'>): readonly string[] {
  return [
    'format=gbrp16le',
    table(`round(maxval*${toLinear[light]})`),
    toNarrowGamut,
    table(toScreen(light === 'bt2020' ? value : toneCurve())),
  ];
}

/** Filters for RGB frames, of 16 bits where they change anything; none for common video. */
export const lightFilters: { readonly [L in Light]: readonly string[] } = {
  bt709: [],
  bt2020: filtersFor('bt2020'),
  pq: filtersFor('pq'),
  hlg: filtersFor('hlg'),
};
