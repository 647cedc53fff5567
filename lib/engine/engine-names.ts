// Owns the names of the engines. Loads none of them.

/** The engines that there are; the first is the default. */
export const engineNames = ['onnx', 'tensorflow', 'reference'] as const;

/** The name of an engine. */
export type EngineName = (typeof engineNames)[number];
