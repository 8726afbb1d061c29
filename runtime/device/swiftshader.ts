/**
 * WebGPU on a machine without a GPU: SwiftShader, a Vulkan driver in software, from the npm package `@sparticuz/chromium`.
 * It serves tests and doubt ("is it my driver?"), never speed. Knows nothing of tensors.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { loadLibrary } from "./shared-library.ts";

const needed = ["libvk_swiftshader.so", "vk_swiftshader_icd.json", "libvulkan.so.1"];

/** Where the package keeps its archive, or undefined when it is not installed (it is a development dependency). */
export function swiftshaderArchive(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
      const archive = join(folder, "bin", "swiftshader.tar.br");
      if (existsSync(archive)) return archive;
    }
  } catch {
    // Not installed: the caller says so in its own words.
  }
  return undefined;
}

/** The files of a tar archive by name (ustar without long names, which is what the package ships). */
export function untar(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = (from: number, length: number): string => {
    const end = bytes.indexOf(0, from);
    return new TextDecoder().decode(bytes.subarray(from, end < 0 || end > from + length ? from + length : end));
  };
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim() || "0", 8);
    const regular = bytes[at + 156] === 0 || bytes[at + 156] === 0x30;
    if (regular) files.set(text(at, 100).replace(/^\.\//, ""), bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** Unpacks the driver once per machine and version of the archive; returns its folder. Safe when several processes begin at once. */
export function unpackSwiftshader(archive: string): string {
  const packed = readFileSync(archive);
  const folder = join(tmpdir(), `neuro-swiftshader-${packed.length.toString(36)}-${process.getuid?.() ?? 0}`);
  if (needed.every((name) => existsSync(join(folder, name)))) return folder;
  const files = untar(brotliDecompressSync(packed));
  const fresh = mkdtempSync(`${folder}-`);
  for (const name of needed) {
    const content = files.get(name);
    if (content === undefined) throw new Error(`${archive} holds no ${name}`);
    writeFileSync(join(fresh, name), content, { mode: 0o755 });
  }
  try {
    renameSync(fresh, folder);
  } catch {
    // Another process was faster, or an older folder is incomplete: fill it in place, file by file.
    mkdirSync(folder, { recursive: true });
    for (const name of needed) if (!existsSync(join(folder, name))) renameSync(join(fresh, name), join(folder, name));
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Makes this process's next Dawn instance find SwiftShader, and its Vulkan loader where the machine has none. Must run in the main
 * thread (only its `process.env` is the real environment) before Dawn asks for adapters. Returns false when it cannot be had here.
 */
export function useSwiftshader(): boolean {
  const archive = process.platform === "linux" && process.arch === "x64" ? swiftshaderArchive() : undefined;
  if (archive === undefined) return false;
  const folder = unpackSwiftshader(archive);
  process.env.VK_DRIVER_FILES = join(folder, "vk_swiftshader_icd.json");
  process.env.VK_ICD_FILENAMES = process.env.VK_DRIVER_FILES;
  return loadLibrary(join(folder, "libvulkan.so.1"));
}
