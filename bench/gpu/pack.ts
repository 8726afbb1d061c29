/**
 * Packs the benchmark for a machine that has nothing but a graphics card: one JavaScript file, and the programs as JSON.
 *   node bench/gpu/pack.ts [FOLDER, .gpu by default] [--tiny] [--ort]
 * `--ort` packs onnxruntime too (about 15 MB more), so that the ratio to it is measured.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { programToJson } from "../../kernels/index.ts";
import { cases } from "./programs.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { tiny: { type: "boolean", default: false }, ort: { type: "boolean", default: false } },
});
const folder = positionals[0] ?? ".gpu";
const root = join(import.meta.dirname, "../..");

mkdirSync(join(folder, "programs"), { recursive: true });
for (const tiny of flags.tiny ? [true] : [true, false]) {
  const packed = cases(tiny).map(({ program, ...rest }) => ({ ...rest, program: programToJson(program) }));
  writeFileSync(join(folder, "programs", tiny ? "tiny.json" : "1B.json"), JSON.stringify(packed));
}

const bundle = await rolldown({
  input: join(import.meta.dirname, "main.ts"),
  platform: "node",
  external: ["webgpu", "onnxruntime-node", "@sparticuz/chromium", /^node:/],
  logLevel: "silent",
});
await bundle.write({ file: join(folder, "bundle.js"), format: "esm", codeSplitting: false });
await bundle.close();
writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');

if (flags.ort) {
  const to = join(folder, "ort/node_modules");
  const from = join(root, "node_modules");
  for (const part of ["onnxruntime-common", "onnxruntime-node/dist", "onnxruntime-node/package.json"])
    cpSync(join(from, part), join(to, part), { recursive: true, filter: (path) => !/\.(map|md)$|\/(lib|esm)(\/|$)/.test(path) });
  const binaries = "onnxruntime-node/bin/napi-v6/linux/x64";
  mkdirSync(join(to, binaries), { recursive: true });
  cpSync(join(from, binaries, "onnxruntime_binding.node"), join(to, binaries, "onnxruntime_binding.node"));
  const library = execFileSync("xz", ["-4", "-c", join(from, binaries, "libonnxruntime.so.1")], { maxBuffer: 2 ** 27 });
  writeFileSync(join(to, binaries, "libonnxruntime.so.1.xz"), library);
  writeFileSync(
    join(folder, "ort/unpack.sh"),
    `# source this: unpacks onnxruntime beside itself and names it\nort=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)/node_modules/onnxruntime-node\nxz -dk "$ort/bin/napi-v6/linux/x64/libonnxruntime.so.1.xz"\nexport NEURO_ORT=$ort\n`,
  );
}
