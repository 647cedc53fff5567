// Owns the graphs of a program: a traced function with parameters, inputs and rates as graph inputs. Knows no session.
import type * as tf from '@tensorflow/tfjs';
import { OnnxGraph, type OnnxValue } from '../formats/onnx-graph.js';
import { named } from '../operations/operation.js';
import type { ForwardProgram, InputSpec, LossProgram, OptimiserConstants } from './engine.js';
import type { ParameterLayout, ParameterPlace } from './parameter-layout.js';
import { arenaInput, arenaOutput, averageInput, gradientName, parameterInput, programInput } from './graph-names.js';
import { endOutput, type GraphTarget } from './graph-target.js';
import { trace } from './tracing/trace.js';
import {
  computeGradients,
  computeUpdate,
  normOf,
  rateNames,
  type Rates,
  sumOf,
  updatedArrays,
} from './training-mathematics.js';

/** A graph and what it takes to run it. */
export type TracedGraph = {
  /** The model file. */
  readonly bytes: Uint8Array;
  /** How much memory a run takes beside state and inputs, estimated. */
  readonly peakBytes: number;
};

/** Loss, gradients and update in one; outputs `loss`, `gradientNorm` and the next arena. */
export function stepGraph(
  program: LossProgram & { readonly optimiser: OptimiserConstants },
  target: GraphTarget = {},
): TracedGraph {
  const graph = new OnnxGraph(program.name, target.kernels);
  const update = declareUpdate(graph, program.layout, program.optimiser);
  const inputs = { ...declareProgram(graph, program, target, update), ...update };
  const outputs = trace(graph, inputs, (tensors) => {
    const { loss, gradients, gradientNorm } = gradientsOf(program, tensors);
    return { loss, ...updateOf(program.layout, program.optimiser, gradients, gradientNorm, tensors) };
  });
  return finish(graph, target, outputs);
}

/** Loss and gradients; outputs `loss` and the gradient of each group. */
export function gradientsGraph(program: LossProgram, target: GraphTarget = {}): TracedGraph {
  const graph = new OnnxGraph(program.name, target.kernels);
  const outputs = trace(graph, declareProgram(graph, program, target), (tensors) => {
    const { loss, gradients } = gradientsOf(program, tensors);
    return { loss, ...Object.fromEntries(gradients.map((gradient, group) => [gradientName(group), gradient])) };
  });
  return finish(graph, target, outputs);
}

/** The update alone, by the sum of the gradients of each part of a batch; outputs `gradientNorm` and the next arena. */
export function applyGraph(
  layout: ParameterLayout,
  optimiser: OptimiserConstants,
  target: GraphTarget = {},
  parts = 1,
): TracedGraph {
  const graph = new OnnxGraph('apply', target.kernels);
  const namesOf = (group: number) => Array.from({ length: parts }, (_, part) => gradientName(group, part));
  const gradients = layout.groups.flatMap(({ length }, group) =>
    namesOf(group).map((name) => [name, graph.input(name, 'float32', [length])] as const),
  );
  const inputs = { ...Object.fromEntries(gradients), ...declareUpdate(graph, layout, optimiser) };
  const outputs = trace(graph, inputs, (tensors) => {
    const given = layout.groups.map((_, group) => sumOf(namesOf(group).map((name) => named(tensors, name))));
    return updateOf(layout, optimiser, given, normOf(given), tensors);
  });
  return finish(graph, target, outputs);
}

/** The program's outputs by their names, as float32, and the shape of each. */
export function forwardGraph(
  program: ForwardProgram,
  target: GraphTarget = {},
): TracedGraph & {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
} {
  const graph = new OnnxGraph(program.name, target.kernels);
  const traced = trace(graph, declareProgram(graph, program, target), (tensors) =>
    program.outputs(parametersOf(program.layout, tensors), inputsOf(program, tensors)),
  );
  const outputs = Object.fromEntries(
    Object.entries(traced).map(([name, value]) => [
      name,
      value.type === 'float32' ? value : graph.cast(value, 'float32'),
    ]),
  );
  return {
    ...finish(graph, target, outputs),
    shapes: Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, shape])),
  };
}

type ProgramInputs = {
  readonly layout: ParameterLayout;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly readsAverages?: boolean;
  readonly parts?: number;
};

function declareProgram(
  graph: OnnxGraph,
  { layout, inputs, readsAverages = false, parts = 1 }: ProgramInputs,
  { slicesParameters = false }: GraphTarget,
  declared: Record<string, OnnxValue> = {},
): Record<string, OnnxValue> {
  const values: Record<string, OnnxValue> = {};
  for (const array of readsAverages ? (['parameters', 'averages'] as const) : (['parameters'] as const)) {
    const nameOf = array === 'parameters' ? parameterInput : averageInput;
    if (slicesParameters) {
      const groups = layout.groups.map(({ length }, group) => {
        const name = arenaInput(array, group);
        return declared[name] ?? graph.input(name, 'float32', [length]);
      });
      for (const place of layout.places) values[nameOf(place.name)] = cutOut(graph, layout, groups, place);
    } else {
      for (const { name, shape } of layout.places) values[nameOf(name)] = graph.input(nameOf(name), 'float32', shape);
    }
  }
  for (let part = 0; part < parts; part++) {
    for (const [name, { type, shape }] of Object.entries(inputs)) {
      const value = graph.input(programInput(name, part), type, shape);
      values[programInput(name, part)] = type === 'uint8' ? graph.cast(value, 'float32') : value;
    }
  }
  return values;
}

/** A parameter as a part of its group. */
function cutOut(
  graph: OnnxGraph,
  layout: ParameterLayout,
  groups: readonly OnnxValue[],
  { name, offset, length, shape }: ParameterPlace,
): OnnxValue {
  const index = layout.groups.findIndex((group) => offset >= group.offset && offset < group.offset + group.length);
  const [group, whole] = [layout.groups[index], groups[index]];
  if (group === undefined || whole === undefined) throw new RangeError(`${name} is in no group`);
  const start = offset - group.offset;
  const bounds = [[start], [start + length], [0]].map((part) => graph.integers(part));
  const part = length === group.length ? whole : graph.node('Slice', [whole, ...bounds], { shape: [length] });
  return graph.node('Reshape', [part, graph.integers(shape)], { shape });
}

function declareUpdate(
  graph: OnnxGraph,
  layout: ParameterLayout,
  optimiser: OptimiserConstants,
): Record<string, OnnxValue> {
  const arenas = layout.groups.flatMap(({ length }, group) =>
    updatedArrays(optimiser).map((array) => {
      const name = arenaInput(array, group);
      return [name, graph.input(name, 'float32', [length])] as const;
    }),
  );
  const rates = rateNames.map((name) => [name, graph.input(name, 'float32', [])] as const);
  return Object.fromEntries([...arenas, ...rates]);
}

type Tensors = Readonly<Record<string, tf.Tensor>>;

function parametersOf({ places }: ParameterLayout, tensors: Tensors): Tensors {
  return Object.fromEntries(places.map(({ name }) => [name, named(tensors, parameterInput(name))]));
}

function gradientsOf(program: LossProgram, tensors: Tensors): ReturnType<typeof computeGradients> {
  const averages = program.layout.places.map(({ name }) => [name, tensors[averageInput(name)]]);
  return computeGradients(
    program,
    parametersOf(program.layout, tensors),
    Array.from({ length: program.parts ?? 1 }, (_, part) => inputsOf(program, tensors, part)),
    program.readsAverages ? (Object.fromEntries(averages) as Tensors) : {},
  );
}

function finish(graph: OnnxGraph, target: GraphTarget, outputs: Readonly<Record<string, OnnxValue>>): TracedGraph {
  return {
    bytes: graph.encode({ ...endOf(graph, target), ...outputs }),
    peakBytes: graph.estimatePeakBytes(outputs),
  };
}

/** What ends a run before its results are read, for targets that ask for it: the first output. */
function endOf(graph: OnnxGraph, { endsUnread = false }: GraphTarget): Record<string, OnnxValue> {
  if (!endsUnread) return {};
  return { [endOutput]: graph.node('SequenceConstruct', [graph.scalar(0)], { shape: [], isSequence: true }) };
}

function inputsOf({ inputs }: ProgramInputs, tensors: Tensors, part = 0): Tensors {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, named(tensors, programInput(name, part))]));
}

function updateOf(
  layout: ParameterLayout,
  optimiser: OptimiserConstants,
  gradients: readonly tf.Tensor[],
  gradientNorm: tf.Tensor,
  tensors: Tensors,
): Record<string, tf.Tensor> {
  const arenas = layout.groups.map((_, group) => ({
    parameters: named(tensors, arenaInput('parameters', group)),
    moments1: named(tensors, arenaInput('moments1', group)),
    moments2: named(tensors, arenaInput('moments2', group)),
    ...(optimiser.movesAverages ? { averages: named(tensors, arenaInput('averages', group)) } : {}),
  }));
  const rates = Object.fromEntries(rateNames.map((name) => [name, named(tensors, name)])) as Rates<tf.Tensor>;
  const groups = computeUpdate(layout, optimiser, gradients, gradientNorm, arenas, rates);
  const next = groups.flatMap((group, index) =>
    updatedArrays(optimiser).map((array) => [arenaOutput(array, index), group[array] as tf.Tensor] as const),
  );
  return { gradientNorm, ...Object.fromEntries(next) };
}
