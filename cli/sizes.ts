// `--sizes b=8,t=64`: numbers for the symbols of a program, checked against those it has.
import { didYouMean } from "../grammar/index.ts";
import { NeuroError } from "../runtime/error.ts";

/** Sizes as written; throws `usage` for what is no size. */
export function parseSizes(text: string | undefined): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const part of (text ?? "").split(",").filter((p) => p.trim() !== "")) {
    const found = /^\s*([\p{L}_][\p{L}\p{N}_.]*)\s*=\s*(\d+)\s*$/u.exec(part);
    if (!found || Number(found[2]) < 1)
      throw new NeuroError("usage", `--sizes ${text}: ${part.trim()} is not a size`, {
        hint: "write name=number, several with commas between: --sizes batch=8,source=192",
      });
    sizes[found[1]!] = Number(found[2]);
  }
  return sizes;
}

/** Refuses sizes that a program has no symbol for. */
export function checkSizes(program: string, symbols: readonly string[], sizes: Readonly<Record<string, number>>): void {
  for (const name of Object.keys(sizes)) {
    if (symbols.includes(name)) continue;
    const near = didYouMean(name, symbols);
    const has = symbols.length > 0 ? `it has ${symbols.join(", ")}` : "all of its sizes are fixed";
    throw new NeuroError("usage", `${program} has no size called ${name}`, { hint: near ? `did you mean ${near}?` : has });
  }
}
