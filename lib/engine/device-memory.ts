// Owns states that stay on a GPU: two sets of buffers, one read and one written, and the graphs that bring numbers there and
// back. Knows nothing of programs.
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { OnnxGraph } from '../formats/onnx-graph.js';
import { type EngineState, type StateArrayName, type StateArrays, namesOfState, type StateOptions } from './engine.js';
import { checkAverages, checkStateArrays } from './check-arrays.js';
import { arenaInput, arenaOutput } from './graph-names.js';
import type { MakeTensor } from './onnx-tensors.js';
import { arraysOfUse, type OnnxMemory, type OnnxTensors } from './onnx-memory.js';
import { checkSameLayout, type ParameterLayout } from './parameter-layout.js';

/** Opens a session; `'gpu-buffer'` leaves its results on the device. */
export type OpenSession = (bytes: Uint8Array, results: 'cpu' | 'gpu-buffer') => Promise<InferenceSession>;

/** The tensors of the groups, by array. */
type Buffers = Partial<Record<StateArrayName, readonly Tensor[]>>;

class DeviceState implements EngineState {
  readonly layout: ParameterLayout;
  readonly names: readonly StateArrayName[];
  current: Buffers = {};
  next: Buffers = {};

  constructor(layout: ParameterLayout, options: StateOptions) {
    this.layout = layout;
    this.names = namesOfState(options);
  }
}

/** States on the device that the sessions run on. */
export function createDeviceMemory(float32: MakeTensor, openSession: OpenSession): OnnxMemory {
  const states = new Set<DeviceState>();
  const carriers = new WeakMap<ParameterLayout, Promise<Carrier>>();
  const carrierOf = (layout: ParameterLayout): Promise<Carrier> => {
    const carrier = carriers.get(layout) ?? createCarrier(float32, openSession, layout);
    carriers.set(layout, carrier);
    // What failed once may be tried again.
    carrier.catch(() => carriers.delete(layout));
    return carrier;
  };
  /** The state, with all its buffers in place. */
  const ready = async (state: EngineState): Promise<DeviceState> => {
    const own = asDeviceState(state);
    const zeros = own.names.some((name) => own.current[name] === undefined) && new Float32Array(own.layout.length);
    if (zeros) {
      const { upload } = await carrierOf(own.layout);
      for (const name of own.names) {
        own.current[name] ??= await upload(zeros);
        own.next[name] ??= await upload(zeros);
      }
    }
    return own;
  };
  return {
    createState: (layout, options = {}) => {
      const state = new DeviceState(layout, options);
      states.add(state);
      return state;
    },
    readState: async (state) => {
      const own = await ready(state);
      const { download } = await carrierOf(own.layout);
      const arrays: Partial<Record<StateArrayName, Float32Array>> = {};
      for (const name of own.names) arrays[name] = await download(own.current[name] ?? []);
      return arrays as StateArrays;
    },
    writeState: async (state, arrays) => {
      const own = asDeviceState(state);
      checkStateArrays(own.names, arrays, own.layout);
      await ready(own);
      const { upload } = await carrierOf(own.layout);
      for (const name of own.names) {
        const before = own.current[name] ?? [];
        own.current[name] = await upload(arrays[name] ?? new Float32Array());
        for (const tensor of before) tensor.dispose();
      }
    },
    view: (layout, use) => {
      const { reads = [], updates = [] } = use;
      const arrays = arraysOfUse({ reads, updates });
      const tensorsOf = (buffers: Buffers, of: StateArrayName, nameOf: (group: number) => string): OnnxTensors =>
        Object.fromEntries((buffers[of] ?? []).map((tensor, group) => [nameOf(group), tensor]));
      const open = (state: EngineState, needs: readonly StateArrayName[]): DeviceState => {
        const own = asDeviceState(state);
        checkSameLayout(own.layout, layout);
        checkAverages(needs.includes('averages'), own.names.includes('averages'));
        return own;
      };
      return {
        feeds: async (state, weights = 'parameters') => {
          const { current } = await ready(open(state, [...arrays, weights]));
          return Object.assign(
            {},
            ...arrays.map((array) =>
              tensorsOf(current, array === 'parameters' ? weights : array, (group) => arenaInput(array, group)),
            ),
          ) as OnnxTensors;
        },
        fetches: async (state) => {
          const { next } = await ready(open(state, arrays));
          return Object.assign(
            {},
            ...updates.map((array) => tensorsOf(next, array, (group) => arenaOutput(array, group))),
          ) as OnnxTensors;
        },
        swap: (state) => {
          const own = open(state, arrays);
          for (const array of updates) {
            const [was, is] = [own.current[array], own.next[array]];
            if (was !== undefined && is !== undefined) [own.current[array], own.next[array]] = [is, was];
          }
        },
      };
    },
    dispose: () => {
      for (const { current, next } of states) {
        for (const tensors of [...Object.values(current), ...Object.values(next)]) {
          for (const tensor of tensors) tensor.dispose();
        }
      }
      states.clear();
      return Promise.resolve();
    },
  };
}

function asDeviceState(state: EngineState): DeviceState {
  if (state instanceof DeviceState) return state;
  throw new TypeError('this state was made by another kind of engine');
}

/** Brings an array of a layout to the device, group by group, and back. */
type Carrier = {
  readonly upload: (values: Float32Array) => Promise<readonly Tensor[]>;
  readonly download: (tensors: readonly Tensor[]) => Promise<Float32Array>;
};

async function createCarrier(
  float32: MakeTensor,
  openSession: OpenSession,
  { groups, length: total }: ParameterLayout,
): Promise<Carrier> {
  if (groups.length === 0) {
    return { upload: () => Promise.resolve([]), download: () => Promise.resolve(new Float32Array()) };
  }
  const graph = new OnnxGraph('carry', 'plain');
  const outputs = groups.map(({ length }, group) => {
    const given = graph.input(`from/${group}`, 'float32', [length]);
    return [`to/${group}`, graph.node('Identity', [given], { shape: [length] })] as const;
  });
  const bytes = graph.encode(Object.fromEntries(outputs));
  const [up, down] = [await openSession(bytes, 'gpu-buffer'), await openSession(bytes, 'cpu')];
  const carry = async (session: InferenceSession, tensors: readonly Tensor[]): Promise<readonly Tensor[]> => {
    const results = await session.run(Object.fromEntries(tensors.map((tensor, group) => [`from/${group}`, tensor])));
    return groups.map((_, group) => {
      const result = results[`to/${group}`];
      if (result === undefined || !('dims' in result)) throw new Error(`nothing came of group ${group}`);
      return result;
    });
  };
  return {
    upload: (values) =>
      carry(
        up,
        groups.map(({ offset, length }) => float32(values.subarray(offset, offset + length), [length])),
      ),
    download: async (tensors) => {
      const all = new Float32Array(total);
      for (const [group, tensor] of (await carry(down, tensors)).entries()) {
        all.set(tensor.data as Float32Array, groups[group]?.offset);
      }
      return all;
    },
  };
}
