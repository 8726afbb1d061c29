/** Matrix products of ONNX, plain and over packed weights, as shapes of products. */
import { type Size, times } from "../ir/size.ts";
import type { OnnxNode } from "../render/onnx/proto.ts";
import { type Product, sumOf } from "./cost.ts";
import { broadcast, bytesOf, elementBits, int, type Rule, type Told, type Value } from "./onnx-value.ts";

const flopsOf = ({ batch, rows, columns, inner }: Product): Size => times(2, batch, rows, columns, inner);

function told(node: OnnxNode, product: Product, dims: readonly Size[], type = "float"): Told {
  return { outputs: [{ dims, type }], kind: node.type, flops: flopsOf(product), products: [product] };
}

type Rest = Pick<Product, "bits" | "integer" | "constant">;

/** Rows of every batch are rows of one product where the right operand has no batch of its own, as onnxruntime runs it. */
function shaped(a: readonly Size[], b: readonly Size[], more: Rest): Product {
  const [rows, inner] = a.slice(-2) as [Size, Size];
  const batch = times(...broadcast([a.slice(0, -2), b.slice(0, -2)]));
  const own = b.slice(0, -2).some((d) => d !== 1);
  const rest = { columns: b.at(-1)!, inner, ...more };
  return own ? { batch, rows, ...rest } : { batch: 1, rows: times(batch, rows), ...rest };
}

const swapped = (dims: readonly Size[]): Size[] => [...dims.slice(0, -2), dims.at(-1)!, dims.at(-2)!];

const matMul =
  (type?: string, integer = false): Rule =>
  (node, [x, y]) => {
    const [a, b] = [x!.dims.length === 1 ? [1, ...x!.dims] : x!.dims, y!.dims.length === 1 ? [...y!.dims, 1] : y!.dims];
    const left = int(node, "transA", 0) === 1 ? swapped(a) : a;
    const right = int(node, "transB", 0) === 1 ? swapped(b) : b;
    const product = shaped(left, right, {
      bits: elementBits(y!.type),
      ...(integer ? { integer } : {}),
      ...(y!.constant ? { constant: true } : {}),
    });
    const dims = [...broadcast([left.slice(0, -2), right.slice(0, -2)]), left.at(-2)!, right.at(-1)!];
    const kept = dims.filter(
      (_, i) => !(x!.dims.length === 1 && i === dims.length - 2) && !(y!.dims.length === 1 && i === dims.length - 1),
    );
    return told(node, product, kept, type ?? x!.type);
  };

/** Weights of N columns in blocks of so many bits: [N, blocks, bytes of a block]. */
const nBits: Rule = (node, inputs) => {
  const x = inputs[0]!;
  const [inner, columns, bits] = [int(node, "K", 1), int(node, "N", 1), int(node, "bits", 4)];
  const product: Product = { batch: 1, rows: times(...x.dims.slice(0, -1)), columns, inner, bits };
  return {
    ...told(node, product, [...x.dims.slice(0, -1), columns], x.type),
    kind: `MatMulNBits.${int(node, "block_size", 32)}`,
  };
};

const quantizeLinear: Rule = (node, [x]) => ({
  outputs: [
    { dims: x!.dims, type: "uint8" },
    { dims: [], type: "float" },
    { dims: [], type: "uint8" },
  ].slice(0, node.outputs.length),
  flops: times(3, ...x!.dims),
});

const dequantizeLinear: Rule = (node, [x]) => ({
  outputs: [{ dims: x!.dims, type: "float" }],
  flops: times(2, ...x!.dims),
  kind: node.type,
});

/** The products by operator. */
export const productOps: Readonly<Record<string, Rule>> = {
  MatMul: matMul(),
  FusedMatMul: matMul(),
  Gemm: matMul(),
  FusedGemm: matMul(),
  MatMulInteger: matMul("int32", true),
  DynamicQuantizeMatMul: matMul("float", true),
  MatMulIntegerToFloat: matMul("float", true),
  MatMulNBits: nBits,
  DynamicQuantizeLinear: quantizeLinear,
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
};

/** The bytes of values together. */
export const bytesOfAll = (values: readonly (Value | undefined)[]): Size =>
  sumOf(values.filter((v) => v !== undefined).map(bytesOf));
