// Owns the tracing of a function over tfjs tensors into a graph. Knows nothing of what the function computes.
import type { OnnxGraph, OnnxValue } from '../../formats/onnx-graph.js';
import { operations } from '../../operations/operations.js';
import { tf } from '../../operations/tfjs.js';
import { registerGradients } from '../register-gradients.js';
import { withBackend } from '../with-backend.js';
import { describeFailure } from './describe-failure.js';
import { traceKernels } from './trace-kernels.js';
import { TracingBackend, tracingBackendName } from './tracing-backend.js';
import type { TraceKernel } from './trace-kernel.js';

let backend: TracingBackend | undefined;

/**
 * Runs `build` once, with graph values for tensors: what it does with tfjs operations and those of `operations/` becomes
 * nodes of `graph`. Synchronous, so that no other use of tfjs comes between.
 * @throws {Error} where an operation cannot be traced, or something else fails; it names the operation and the line of the model.
 */
export function trace(
  graph: OnnxGraph,
  inputs: Readonly<Record<string, OnnxValue>>,
  build: (inputs: Readonly<Record<string, tf.Tensor>>) => Readonly<Record<string, tf.Tensor>>,
): Record<string, OnnxValue> {
  const tracer = (backend ??= createBackend());
  return withBackend(tracingBackendName, () => {
    const framesBefore = Error.stackTraceLimit;
    // The model's line lies beneath many frames of tfjs.
    Error.stackTraceLimit = 100;
    tracer.record(graph);
    tf.engine().startScope('trace');
    try {
      const tensors = mapValues(inputs, (value) => tf.engine().makeTensorFromTensorInfo(tracer.add(value)));
      return mapValues(build(tensors), (tensor) => tracer.find(tensor));
    } catch (error) {
      throw error instanceof Error ? describeFailure(error) : error;
    } finally {
      tf.engine().endScope();
      tracer.record(undefined);
      Error.stackTraceLimit = framesBefore;
    }
  });
}

function createBackend(): TracingBackend {
  const made = new TracingBackend();
  // Priority 0: tfjs never chooses it by itself.
  tf.registerBackend(tracingBackendName, () => made, 0);
  for (const [kernelName, kernel] of Object.entries(traceKernels)) registerTraceKernel(made, kernelName, kernel);
  for (const { name, emit } of operations) {
    registerTraceKernel(made, name, ({ graph, inputs, attributes }) =>
      emit(graph, inputs, attributes as Record<string, number>),
    );
  }
  registerGradients();
  return made;
}

function registerTraceKernel(tracer: TracingBackend, kernelName: string, kernel: TraceKernel): void {
  tf.registerKernel({
    kernelName,
    backendName: tracingBackendName,
    kernelFunc: ({ inputs, attrs }) => {
      const named: Record<string, OnnxValue> = {};
      for (const [name, input] of Object.entries<tf.TensorInfo | null | undefined>(inputs)) {
        if (input !== undefined && input !== null) named[name] = tracer.find(input);
      }
      const outputs = kernel({
        graph: tracer.graph,
        inputs: named,
        list: Object.values(named),
        attributes: { ...attrs },
      });
      return Array.isArray(outputs)
        ? outputs.map((output: OnnxValue) => tracer.add(output))
        : tracer.add(outputs as OnnxValue);
    },
  });
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
