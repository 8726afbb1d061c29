import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { difference } from "../extern/compare.ts";
import { exportedAs } from "../extern/exports.ts";
import { memoryHost } from "../memory-host.ts";
import { hostOf, library, stdFiles } from "./library.ts";

const root = join(import.meta.dirname, "../..");
const disk = {
  ...memoryHost({}),
  read: (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined),
};

for (const path of stdFiles) {
  test(`${path} checks clean on its own`, () => {
    expect(check(hostOf({}), path).diagnostics).toEqual([]);
  });

  test(`everything that ${path} declares is documented`, () => {
    const { entry } = check(hostOf({}), path);
    const bare = [...entry.declarations.values()].filter(
      ({ name, node }) => !node.docs && !name.startsWith("_") && node.kind !== "TypeDecl",
    );
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  test(`what ${path} takes from the runtime is there, with that signature`, () => {
    const checked = check(library, path);
    const wrong: string[] = [];
    for (const declaration of checked.entry.declarations.values()) {
      const { node } = declaration;
      if (node.kind !== "Callable" || node.from?.parts[0]?.kind !== "Chunk" || node.from.parts[0].text !== "neuro/runtime")
        continue;
      const found = exportedAs(declaration.name, "runtime/index.ts", disk);
      const signature = checked.signature(declaration)!;
      const problem = found ? difference(signature, declaration.word === "stage", found) : "is not exported by runtime/index.ts";
      if (problem) wrong.push(`${declaration.name}: ${problem}`);
    }
    expect(wrong).toEqual([]);
  });
}
