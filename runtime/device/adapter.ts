/** Finds a WebGPU adapter: the browser's, or Dawn's through the npm package `webgpu`. Tells hardware from software. */
import { loadLibrary } from "./shared-library.ts";

export interface FoundAdapter {
  /** Kept so that Dawn's instance lives as long as its adapter. */
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  /** Vendor and device, for a person. */
  readonly about: string;
  /** Whether it computes on the CPU (SwiftShader, llvmpipe, WARP): right, but slower than the CPU engine. */
  readonly software: boolean;
}

/** An adapter, or the reason why there is none. */
export async function findAdapter(): Promise<FoundAdapter | { readonly missing: string }> {
  const gpu = await findGpu();
  if ("missing" in gpu) return gpu;
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return { missing: "no graphics driver offers an adapter (Vulkan, Metal or Direct3D 12)" };
  const { vendor, architecture, device, description } = adapter.info;
  const about = [...new Set([vendor, architecture, description || device])].filter((t) => t !== "").join(" ");
  const software = adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render|software/i.test(about);
  return { gpu, adapter, about, software };
}

type Dawn = Pick<typeof import("webgpu"), "create" | "globals">;

/** Dawn: the addon that NEURO_DAWN names, for machines without an installation, or the npm package's. */
async function dawn(): Promise<Dawn> {
  const path = globalThis.process?.env?.NEURO_DAWN;
  if (!path) return import("webgpu");
  return process.getBuiltinModule("node:module").createRequire(import.meta.url)(path) as Dawn;
}

async function findGpu(): Promise<GPU | { readonly missing: string }> {
  const browser = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (browser) return browser;
  // Without a loader Dawn finds nothing, and says so on stderr where no program can catch it.
  if (globalThis.process?.platform === "linux" && !loadLibrary("libvulkan.so.1"))
    return { missing: "this machine has no Vulkan loader (libvulkan.so.1)" };
  try {
    const { create, globals } = await dawn();
    Object.assign(globalThis, globals);
    return create([
      // Our kernels write workgroup memory before they read it; setting it to zero first costs SwiftShader a second per kernel.
      // Products of small matrices are a feature that Dawn counts among the unsafe ones, since it may change.
      "enable-dawn-features=disable_workgroup_init,allow_unsafe_apis",
      // Times of kernels are told to the nanosecond, not to a tenth of a millisecond.
      "disable-dawn-features=timestamp_quantization",
    ]);
  } catch (error) {
    return {
      missing: `the npm package webgpu does not load here: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
    };
  }
}
