// The second thread of a build: programs come in, their kernels go out, in order.
import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { ProgramJson } from "../kernels/index.ts";
import type { Answer } from "./rendering.ts";

if (typeof workerData === "string") enableCompileCache(workerData);
// Loaded once the cache is on, or it would be compiled anew each time.
const [{ programFromJson }, { renderWgsl }] = await Promise.all([
  import("../kernels/index.ts"),
  import("../kernels/render/wgsl.ts"),
]);

parentPort!.on("message", (program: ProgramJson) => {
  const answer = (): Answer => {
    try {
      return { wgsl: renderWgsl(programFromJson(program)) };
    } catch (fault) {
      return { fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) };
    }
  };
  parentPort!.postMessage(answer());
});
