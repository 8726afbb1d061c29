/** What is asked of an adapter: every feature that kernels can use where it is present, and its own limits. Knows no programs. */
import { portable, type Target } from "../../kernels/render/wgsl/target.ts";

const wanted = ["subgroups", "shader-f16", "timestamp-query", "chromium-experimental-subgroup-matrix"];

/** The features among the wanted that an adapter has. */
export const featuresOf = ({ features }: GPUAdapter): GPUFeatureName[] =>
  wanted.filter((name): name is GPUFeatureName => features.has(name));

/** The limits to ask for: what the adapter has, where a program may need more than the least that WebGPU promises. */
export function limitsOf({ limits }: GPUAdapter): Record<string, number> {
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
  };
}

/** What Dawn tells of products of small matrices (no part of the standard yet). */
interface Info {
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
  readonly subgroupMatrixConfigs?: Iterable<{
    readonly componentType: string;
    readonly resultComponentType: string;
    readonly M: number;
    readonly N: number;
    readonly K: number;
  }>;
}

/** What kernels may use on a device of this adapter. */
export function targetOf(gpu: GPU, adapter: GPUAdapter, device: GPUDevice): Target {
  const info = adapter.info as unknown as Info;
  const has = (name: string): boolean => device.features.has(name);
  const matrices = has("chromium-experimental-subgroup-matrix") ? [...(info.subgroupMatrixConfigs ?? [])] : [];
  return {
    ...portable,
    ...(has("subgroups") && info.subgroupMinSize
      ? { subgroups: { least: info.subgroupMinSize, most: info.subgroupMaxSize ?? info.subgroupMinSize } }
      : {}),
    // Browsers from before language features had names have no such set.
    packed: gpu.wgslLanguageFeatures?.has("packed_4x8_integer_dot_product") ?? false,
    f16: has("shader-f16"),
    matrices: matrices.map((c) => ({ component: c.componentType, result: c.resultComponentType, m: c.M, n: c.N, k: c.K })),
  };
}
