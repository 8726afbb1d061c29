/** The GPU benchmark as it runs elsewhere, for tests: packed into one file, started in a folder without an installation, at toy sizes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { swiftshaderArchive, unpackSwiftshader } from "../../runtime/device/swiftshader.ts";

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly seconds: number;
  readonly fraction: number;
  readonly ratio: number | string;
}

/** Packs the bundle and runs it on the software driver; `env` is added to the environment. */
export function packedRun(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { bandwidth: number; rate: number; rows: Row[] } {
  const folder = mkdtempSync(join(tmpdir(), "neuro-gpu-"));
  const run = (script: string, words: readonly string[], more: Readonly<Record<string, string>> = {}): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ...more },
    });
    if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
    return stdout;
  };
  try {
    run(join(import.meta.dirname, "pack.ts"), [folder, "--tiny"]);
    const driver = unpackSwiftshader(swiftshaderArchive()!);
    const icd = join(driver, "vk_swiftshader_icd.json");
    const dawn = join(dirname(createRequire(import.meta.url).resolve("webgpu")), "dist/linux-x64/dawn.node");
    const machine = { NEURO_DAWN: dawn, VK_DRIVER_FILES: icd, VK_ICD_FILENAMES: icd, LD_LIBRARY_PATH: driver };
    return JSON.parse(run(join(folder, "bundle.js"), ["--tiny", "--json", ...args], { ...machine, ...env }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
