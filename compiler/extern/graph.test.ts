import { expect, test } from "vitest";
import { memoryHost } from "../memory-host.ts";
import { hashOfFile } from "./graph.ts";

const files = {
  "a/rows.ts": `import { words } from "./words.ts";\nimport type { Row } from "./row.ts";\nimport { x } from "some-package";\nexport { y } from "../shared/y.ts";\nconst later = () => import("./later.ts");`,
  "a/words.ts": `import "./side.ts";\nexport const words = ["./not-imported.ts"];`,
  "a/side.ts": `import { words } from "./words.ts";`,
  "a/row.ts": "export type Row = {};",
  "a/later.ts": "",
  "shared/y.ts": "export const y = 1;",
};
const hash = (change: Record<string, string> = {}, path = "a/rows.ts") => hashOfFile(memoryHost({ ...files, ...change }), path);

test("a file that an extern's file imports, however far, changes its hash; types, packages and what is only named do not", () => {
  for (const path of ["a/rows.ts", "a/words.ts", "a/side.ts", "a/later.ts", "shared/y.ts"])
    expect(hash({ [path]: `${files[path as keyof typeof files]} // changed` }), path).not.toBe(hash());
  expect(hash({ "a/row.ts": "export type Row = number;" })).toBe(hash());
  expect(hash({ "a/not-imported.ts": "1" })).toBe(hash());
});

test("a file alone has the hash of its text, and where the spec lies decides nothing", () => {
  const host = memoryHost(files);
  expect(hashOfFile(host, "shared/y.ts")).toBe(host.hash(files["shared/y.ts"]));
  expect(hashOfFile(host, "gone.ts")).toBeUndefined();
  const alone = { "a/b.ts": `import "./c.ts";`, "a/c.ts": "1", "z/deep/b.ts": `import "./c.ts";`, "z/deep/c.ts": "1" };
  expect(hashOfFile(memoryHost(alone), "a/b.ts")).toBe(hashOfFile(memoryHost(alone), "z/deep/b.ts"));
});
