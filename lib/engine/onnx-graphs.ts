// Owns the graphs of a program: a traced function with parameters, inputs and rates as graph inputs. Knows no session.
import type * as tf from '@tensorflow/tfjs';
import { OnnxGraph, type OnnxValue } from '../formats/onnx-graph.js';
import { named } from '../operations/operation.js';
import {
  type ForwardProgram,
  type InputSpec,
  type LossProgram,
  type OptimiserConstants,
  type StateArrayName,
  stateArrayNames,
} from './engine.js';
import type { ParameterLayout } from './parameter-layout.js';
import { trace } from './tracing/trace.js';
import { computeGradients, computeUpdate, rateNames } from './training-mathematics.js';

/** The graph input of a parameter. */
export const parameterInput = (name: string): string => `parameter:${name}`;
/** The graph input of a program's input. */
export const programInput = (name: string): string => `input:${name}`;
/** The graph input of a group's part of an arena array. */
export const arenaInput = (array: StateArrayName, group: number): string => `${array}/${group}`;
/** The graph output of a group's part of an arena array. */
export const arenaOutput = (array: StateArrayName, group: number): string => `next:${array}/${group}`;
/** The gradient of a group, as an output of `gradients` and an input of `apply`. */
export const gradientName = (group: number): string => `gradient/${group}`;

/** Loss, gradients and update in one; outputs `loss`, `gradientNorm` and the next arena. */
export function stepGraph(program: LossProgram & { readonly optimiser: OptimiserConstants }): Uint8Array {
  const graph = new OnnxGraph(program.name);
  const inputs = { ...declareProgram(graph, program), ...declareUpdate(graph, program.layout) };
  const outputs = trace(graph, inputs, (tensors) => {
    const { loss, gradients } = computeGradients(
      program,
      parametersOf(program.layout, tensors),
      inputsOf(program, tensors),
    );
    return { loss, ...updateOf(program.layout, program.optimiser, gradients, tensors) };
  });
  return graph.encode(outputs);
}

/** Loss and gradients; outputs `loss` and the gradient of each group. */
export function gradientsGraph(program: LossProgram): Uint8Array {
  const graph = new OnnxGraph(program.name);
  const outputs = trace(graph, declareProgram(graph, program), (tensors) => {
    const { loss, gradients } = computeGradients(
      program,
      parametersOf(program.layout, tensors),
      inputsOf(program, tensors),
    );
    return { loss, ...Object.fromEntries(gradients.map((gradient, group) => [gradientName(group), gradient])) };
  });
  return graph.encode(outputs);
}

/** The update alone; outputs `gradientNorm` and the next arena. */
export function applyGraph(layout: ParameterLayout, optimiser: OptimiserConstants): Uint8Array {
  const graph = new OnnxGraph('apply');
  const gradients = layout.groups.map(
    ({ length }, group) => [gradientName(group), graph.input(gradientName(group), 'float32', [length])] as const,
  );
  const inputs = { ...Object.fromEntries(gradients), ...declareUpdate(graph, layout) };
  const outputs = trace(graph, inputs, (tensors) =>
    updateOf(
      layout,
      optimiser,
      layout.groups.map((_, group) => named(tensors, gradientName(group))),
      tensors,
    ),
  );
  return graph.encode(outputs);
}

/** The program's outputs by their names, as float32, and the shape of each. */
export function forwardGraph(program: ForwardProgram): {
  readonly bytes: Uint8Array;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
} {
  const graph = new OnnxGraph(program.name);
  const traced = trace(graph, declareProgram(graph, program), (tensors) =>
    program.outputs(parametersOf(program.layout, tensors), inputsOf(program, tensors)),
  );
  const outputs = Object.fromEntries(
    Object.entries(traced).map(([name, value]) => [
      name,
      value.type === 'float32' ? value : graph.cast(value, 'float32'),
    ]),
  );
  return {
    bytes: graph.encode(outputs),
    shapes: Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, shape])),
  };
}

type ProgramInputs = { readonly layout: ParameterLayout; readonly inputs: Readonly<Record<string, InputSpec>> };

function declareProgram(graph: OnnxGraph, { layout, inputs }: ProgramInputs): Record<string, OnnxValue> {
  const parameters = layout.places.map(({ name, shape }) => [
    parameterInput(name),
    graph.input(parameterInput(name), 'float32', shape),
  ]);
  const others = Object.entries(inputs).map(([name, { type, shape }]) => {
    const value = graph.input(programInput(name), type, shape);
    return [programInput(name), type === 'uint8' ? graph.cast(value, 'float32') : value];
  });
  return Object.fromEntries([...parameters, ...others]) as Record<string, OnnxValue>;
}

function declareUpdate(graph: OnnxGraph, layout: ParameterLayout): Record<string, OnnxValue> {
  const arenas = layout.groups.flatMap(({ length }, group) =>
    stateArrayNames.map((array) => {
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

function inputsOf({ inputs }: ProgramInputs, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, named(tensors, programInput(name))]));
}

function updateOf(
  layout: ParameterLayout,
  optimiser: OptimiserConstants,
  gradients: readonly tf.Tensor[],
  tensors: Tensors,
): Record<string, tf.Tensor> {
  const arenas = layout.groups.map((_, group) => ({
    parameters: named(tensors, arenaInput('parameters', group)),
    moments1: named(tensors, arenaInput('moments1', group)),
    moments2: named(tensors, arenaInput('moments2', group)),
  }));
  const [stepSize, epsilon, decay] = rateNames.map((name) => named(tensors, name)) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const { gradientNorm, groups } = computeUpdate(layout, optimiser, gradients, arenas, { stepSize, epsilon, decay });
  const next = groups.flatMap((group, index) =>
    stateArrayNames.map((array) => [arenaOutput(array, index), group[array]] as const),
  );
  return { gradientNorm, ...Object.fromEntries(next) };
}
