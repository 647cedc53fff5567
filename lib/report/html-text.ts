// Owns text inside HTML: what is escaped, how numbers are written. Knows nothing of the page.

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as it may stand in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** A number in at most `digits` significant digits, without an exponent where it stays short; `∞` and `–` where it is none. */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e7)) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
    return `${Number(mantissa)} × 10${superscript(exponent.replace('+', ''))}`.replace('-', '−');
  }
  const decimals = magnitude === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude)));
  return Number(value.toFixed(decimals)).toLocaleString('en', { maximumFractionDigits: decimals }).replace('-', '−');
}

/** `1 clip`, `24 clips`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Bytes as an address that a page carries inside itself. */
export function dataAddress(mediaType: string, bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return `data:${mediaType};base64,${base64}`;
}

function superscript(digits: string): string {
  return digits.replace(/[-0-9]/g, (digit) => (digit === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '')));
}
