/** The float64 interpreter as a device: slow, exact, and needing nothing. The oracle when another engine is doubted. */
import { type DType, interpret, type Program } from "../../kernels/index.ts";
import { decoded, encoded } from "../weights/dtypes.ts";
import { bindSizes, checkData, shapeOf } from "./binding.ts";
import { countOf, type Data, type Device, type ProgramSource, type Runnable, type Tensor, type Tensors } from "./device.ts";

interface InterpTensor extends Tensor {
  dtype: DType;
  shape: readonly number[];
  data: Float64Array;
}

interface InterpRunnable extends Runnable {
  readonly program: Program;
  /** Values of inputs that do not change. */
  readonly constants: Readonly<Record<string, Float64Array>>;
}

/** Opens the interpreter. */
export function openInterp(): Device {
  const prepared = new Map<ProgramSource, Promise<InterpRunnable>>();
  const make = async (source: ProgramSource, constants: Tensors = {}): Promise<InterpRunnable> => ({
    name: source.name,
    inputs: source.inputs.filter((port) => constants[port.name] === undefined),
    outputs: source.outputs,
    program: await source.ir(),
    constants: Object.fromEntries(Object.entries(constants).map(([name, t]) => [name, (t as InterpTensor).data])),
  });
  const upload = (dtype: DType, shape: readonly number[], data: Data): InterpTensor => {
    const tensor = { dtype, shape, data: Float64Array.from(decoded(data, dtype, countOf(shape))) };
    checkData(tensor, data);
    return tensor;
  };
  return {
    name: "interp",
    about: "the interpreter, in float64",
    allocate: (dtype, shape) => ({ dtype, shape, data: new Float64Array(countOf(shape)) }) as InterpTensor,
    upload,
    write: (tensor, data) => {
      checkData(tensor, data);
      (tensor as InterpTensor).data.set(decoded(data, tensor.dtype, countOf(tensor.shape)));
    },
    read: async (tensor) => encoded((tensor as InterpTensor).data, tensor.dtype),
    prepare: (source, { constants } = {}) => {
      if (constants) return make(source, constants);
      const known = prepared.get(source) ?? make(source);
      prepared.set(source, known);
      return known;
    },
    // It has no kernels that anyone would time.
    profile: async () => [],
    discard: async () => {},
    run: async (runnable: Runnable, inputs: Tensors, into: Tensors = {}) => {
      const binding = bindSizes(runnable.name, runnable.inputs, inputs);
      const { program, constants } = runnable as InterpRunnable;
      const given = Object.fromEntries(runnable.inputs.map(({ name }) => [name, (inputs[name] as InterpTensor).data]));
      const values = interpret(program, { ...given, ...constants }, binding);
      const outputs: Record<string, Tensor> = {};
      for (const port of runnable.outputs) {
        const result: InterpTensor = { dtype: port.dtype, shape: shapeOf(port, binding), data: values[port.name]! };
        outputs[port.name] = into[port.name] ? Object.assign(into[port.name]!, result) : result;
      }
      return outputs;
    },
    release: () => {},
    close: async () => prepared.clear(),
  };
}
