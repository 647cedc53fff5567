// Owns the names of graph inputs and outputs that the engine and its graphs agree on. Knows no graph.
import type { StateArrayName } from './engine.js';

/** The graph input of a parameter. */
export const parameterInput = (name: string): string => `parameter:${name}`;

/** The graph input of a parameter's moving average. */
export const averageInput = (name: string): string => `average:${name}`;

/** The graph input of a program's input, of that part of a batch. */
export const programInput = (name: string, part = 0): string =>
  part === 0 ? `input:${name}` : `input:${name}@${part}`;

/** The graph input of a group's part of an array of the state. */
export const arenaInput = (array: StateArrayName, group: number): string => `${array}/${group}`;

/** The graph output of a group's part of an array of the state. */
export const arenaOutput = (array: StateArrayName, group: number): string => `next:${array}/${group}`;

/** The gradient of a group, as an output of `gradients` and, for that part of a batch, an input of `apply`. */
export const gradientName = (group: number, part = 0): string =>
  part === 0 ? `gradient/${group}` : `gradient/${group}@${part}`;
