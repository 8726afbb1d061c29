/** The door of the tensor compiler, which knows nothing of .neuro. */
export { gradients } from "./autodiff.ts";
export { type Adapting, adapted, adaptedPath, adapterPaths } from "./derive/adapt.ts";
export { type Committing, committing } from "./derive/commit.ts";
export { early } from "./derive/early.ts";
export { type Layout, narrowPaths, quantized, type Scheme } from "./derive/quantize.ts";
export { type Split, splitByDependence } from "./derive/split.ts";
export { decodingStep, type Step } from "./derive/step.ts";
export { applyStep, gradientStep, type Training, trainingStep } from "./derive/training.ts";
export { type Feeds, interpret } from "./interp/interpret.ts";
export { codeOf, isSmall, numberOf, type Small } from "./ir/codes.ts";
export { bits, converted, type DType, dtypes, isFloat, isStorage, isWhole, rangeOf, roundEven } from "./ir/dtype.ts";
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
  hasAxis,
  type Node,
  namesOf,
  operations,
} from "./ir/node.ts";
export * from "./ir/program.ts";
export * from "./ir/reduce.ts";
export * from "./ir/shape.ts";
export { type Binding, divide, evaluate, minus, plus, type Size, size, substitute, symbolsOf, times } from "./ir/size.ts";
export { constant, constantValue, type InputAttrs, type InputRole, input, iota, sizeInput, sizeOf, tensor } from "./ir/source.ts";
export { broken } from "./ir/spec.ts";
export { decompose } from "./ops/decompose.ts";
export * from "./ops/index.ts";
export { LOG_ZERO, type Op } from "./ops/op.ts";
export { opOf, ops } from "./ops/table.ts";
export { type Kernel, type Plan, plan } from "./plan.ts";
export { onnxOutput, renderOnnx } from "./render/onnx.ts";
export { optimized, type Pass, passes, passesFor, stagesOf, type Target, tables, targeted } from "./rules/passes.ts";
export { type Rule, rule, simplified, type Table, table } from "./rules/rule.ts";
