// Owns sizes in words.

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `812 B`, `1.4 GB`: in powers of 1000. */
export function describeBytes(bytes: number): string {
  let [value, power] = [bytes, 0];
  while (value >= 1000 && power < units.length - 1) [value, power] = [value / 1000, power + 1];
  return `${power === 0 ? bytes : value.toFixed(1)} ${units[power]}`;
}
