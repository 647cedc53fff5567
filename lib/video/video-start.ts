// Owns the first bytes of the containers that ffmpeg tells by the file's name alone. Knows nothing of what comes after.

/** The extensions by which ffmpeg takes any bytes for such a file. */
const byName = /\.(?:mp4|m4v|mov|qt|3gp|3g2|f4v|mkv|webm|gif|y4m|mjpe?g|h26[45]|hevc|m[12]v|dv)$/i;

/** Whether ffmpeg goes by the name where the bytes say nothing. */
export function isToldByName(path: string): boolean {
  return byName.test(path);
}

/** So many bytes at the start tell. */
export const startBytes = 12;

/** The types of box that a QuickTime or MP4 file begins with. */
const firstBoxes = new Set(['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'uuid', 'sidx', 'moof']);

/** Matroska, GIF, YUV4MPEG, JPEG, DV, and the start codes of MPEG and ITU streams. */
const firstBytes = ['1a45dfa3', '47494638', '59555634', 'ffd8ff', '1f0700', '000001', '00000001'];

/** Whether a file that begins so can be a movie, a Matroska file, a GIF or a bare stream; other containers it does not know. */
export function beginsAsVideo(start: Buffer): boolean {
  const hex = start.toString('hex');
  return firstBoxes.has(start.toString('latin1', 4, 8)) || firstBytes.some((bytes) => hex.startsWith(bytes));
}

/** Whether it begins as a container that lists its key frames by time: QuickTime and MP4, Matroska and WebM. */
export function beginsWithList(start: Buffer): boolean {
  return firstBoxes.has(start.toString('latin1', 4, 8)) || start.toString('hex').startsWith('1a45dfa3');
}
