/** The door of the tensor compiler, which knows nothing of .neuro. */
export { gradients } from "./autodiff.ts";
export { type Split, splitByDependence } from "./derive/split.ts";
export { decodingStep, type Step } from "./derive/step.ts";
export { applyStep, gradientStep, type Training, trainingStep } from "./derive/training.ts";
export { type Feeds, interpret } from "./interp/interpret.ts";
export * from "./ir/elementwise.ts";
export * from "./ir/lookup.ts";
export * from "./ir/mark.ts";
export {
  type Attrs,
  type Axis,
  at,
  axesText,
  axis,
  axisOf,
  type DType,
  hasAxis,
  type Node,
  namesOf,
  operations,
} from "./ir/node.ts";
export * from "./ir/program.ts";
export * from "./ir/reduce.ts";
export * from "./ir/shape.ts";
export { type Binding, divide, evaluate, minus, plus, type Size, size, substitute, symbolsOf, times } from "./ir/size.ts";
export { constant, constantValue, type InputAttrs, type InputRole, input, iota, sizeOf, tensor } from "./ir/source.ts";
export { broken } from "./ir/spec.ts";
export { attention } from "./ops/attention.ts";
export { decayed } from "./ops/decayed.ts";
export { decompose } from "./ops/decompose.ts";
export { gelu } from "./ops/gelu.ts";
export { layerNorm } from "./ops/layernorm.ts";
export { log1mExp } from "./ops/log1mexp.ts";
export { logAddExp } from "./ops/logaddexp.ts";
export { logSigmoid, softplus } from "./ops/logsigmoid.ts";
export { logSoftmax } from "./ops/logsoftmax.ts";
export { logSumExp } from "./ops/logsumexp.ts";
export { count, mean } from "./ops/mean.ts";
export { LOG_ZERO, type Op } from "./ops/op.ts";
export { type Draw, normal, uniform } from "./ops/random.ts";
export { rmsNorm } from "./ops/rmsnorm.ts";
export { safeLog } from "./ops/safelog.ts";
export { type Scoring, scoreLogSumExp } from "./ops/score-logsumexp.ts";
export { sigmoid } from "./ops/sigmoid.ts";
export { silu } from "./ops/silu.ts";
export { softmax } from "./ops/softmax.ts";
export { opOf, ops } from "./ops/table.ts";
export { describePlan, type Kernel, type Plan, plan } from "./plan.ts";
export { onnxOutputName, renderOnnx } from "./render/onnx.ts";
export { optimized, type Pass, passes, tables } from "./rules/passes.ts";
export { type Rule, rule, simplified, type Table, table } from "./rules/rule.ts";
