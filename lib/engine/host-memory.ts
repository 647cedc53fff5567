// Owns states in main memory: graph inputs and outputs are views of the same arrays, and nothing is copied. Each operation of an
// update reads an element before it writes the same one, and reads nothing that another has written. Knows nothing of programs.
import { ArenaState } from './arena-state.js';
import type { StateArrayName } from './engine.js';
import { arraysOfUse, type OnnxMemory, type OnnxTensors, type ReadArray } from './onnx-memory.js';
import { arenaInput, arenaOutput } from './graph-names.js';
import { inputNames, type MakeTensor, parameterTensors } from './onnx-tensors.js';
import type { ParameterLayout } from './parameter-layout.js';
import { settle } from './settle.js';

/** States in main memory. */
export function createHostMemory(float32: MakeTensor): OnnxMemory {
  return {
    createState: (layout, options) => new ArenaState(layout, options),
    readState: (state) => settle(() => ArenaState.of(state).read()),
    writeState: (state, arrays) => settle(() => ArenaState.of(state).write(arrays)),
    view: (layout, use) => {
      const { reads = [], updates = [] } = use;
      const views = createViews(float32, layout);
      const needsAverages = arraysOfUse(use).includes('averages');
      const open = (state: Parameters<typeof ArenaState.of>[0], weights: ReadArray = 'parameters') =>
        ArenaState.of(state, layout, needsAverages || weights === 'averages');
      return {
        feeds: async (state, weights = 'parameters') => {
          const { arrays } = await settle(() => open(state, weights));
          const feeds: OnnxTensors = {};
          for (const array of reads) {
            const values = arrays[array === 'parameters' ? weights : array];
            if (values !== undefined) Object.assign(feeds, views.places(array, values));
          }
          for (const array of updates) {
            const values = arrays[array];
            if (values !== undefined) Object.assign(feeds, views.groups(arenaInput, array, values));
          }
          return feeds;
        },
        fetches: async (state) => {
          const { arrays } = await settle(() => open(state));
          const fetches: OnnxTensors = {};
          for (const array of updates) {
            const values = arrays[array];
            if (values !== undefined) Object.assign(fetches, views.groups(arenaOutput, array, values));
          }
          return fetches;
        },
        // What was written is where it is read.
        swap: () => undefined,
      };
    },
    dispose: () => Promise.resolve(),
  };
}

/** Views of arrays, each made once. */
function createViews(float32: MakeTensor, layout: ParameterLayout) {
  const known = new WeakMap<Float32Array, Map<unknown, OnnxTensors>>();
  const once = (values: Float32Array, key: unknown, make: () => OnnxTensors): OnnxTensors => {
    const ofArray = known.get(values) ?? new Map<unknown, OnnxTensors>();
    known.set(values, ofArray);
    const tensors = ofArray.get(key) ?? make();
    ofArray.set(key, tensors);
    return tensors;
  };
  return {
    /** One view for each parameter. */
    places: (array: ReadArray, values: Float32Array): OnnxTensors =>
      once(values, inputNames[array], () => parameterTensors(float32, layout, array, values)),
    /** One for each group. */
    groups: (nameOf: typeof arenaInput, array: StateArrayName, values: Float32Array): OnnxTensors =>
      once(values, nameOf, () =>
        Object.fromEntries(
          layout.groups.map(({ offset, length }, group) => [
            nameOf(array, group),
            float32(values.subarray(offset, offset + length), [length]),
          ]),
        ),
      ),
  };
}
