// Owns a look into an ONNX file without the code that writes it: how many nodes run an operator.

/** Occurrences of the field `op_type` (number 4, length-delimited) with that text. */
export function countNodes(model: Uint8Array, operator: string): number {
  const field = Buffer.concat([Buffer.of((4 << 3) | 2, operator.length), Buffer.from(operator)]);
  const file = Buffer.from(model);
  let count = 0;
  for (let at = file.indexOf(field); at >= 0; at = file.indexOf(field, at + 1)) count++;
  return count;
}
