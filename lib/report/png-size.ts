// Owns the reading of a PNG's size. Knows nothing of its pixels.

/**
 * Pixels across and down, from the first chunk (PNG specification, section 11.2.1).
 * @throws {RangeError} where the bytes are no PNG.
 */
export function readPngSize(bytes: Uint8Array): { width: number; height: number } {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  if (bytes.length < 24 || signature.some((byte, index) => bytes[index] !== byte)) {
    throw new RangeError('the bytes of a strip must be a PNG');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
