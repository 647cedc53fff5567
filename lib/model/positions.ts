// Owns the fixed positions of tokens. Knows nothing of what the tokens are.

/** The tables that were asked for, by N and D: a model asks for the same two before every step. */
const known = new Map<string, Float32Array>();

/**
 * Sine-cosine positions `[N, D]` of tokens in a row (Vaswani et al. 2017, section 3.5): dimensions 2i and 2i + 1 of token n are
 * the sine and the cosine of n / 10000^(2i/D). Computed in float64, once; all callers share the table and must not write to it.
 */
export function sinusoidalPositions(tokens: number, width: number): Float32Array {
  const key = `${tokens} ${width}`;
  const table = known.get(key) ?? computePositions(tokens, width);
  known.set(key, table);
  return table;
}

function computePositions(tokens: number, width: number): Float32Array {
  const values = new Float32Array(tokens * width);
  for (let token = 0; token < tokens; token++) {
    for (let dimension = 0; dimension < width; dimension++) {
      const angle = token / 10000 ** ((2 * Math.floor(dimension / 2)) / width);
      values[token * width + dimension] = dimension % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return values;
}
