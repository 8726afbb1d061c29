// Every offset of real specs, whole and cut there, asked of every feature that offers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { bench } from "../tests/marked.ts";
import { askAll, askAt, draws } from "./tests/everywhere.ts";

const root = join(import.meta.dirname, "../..");
const paths = [
  "compiler/tests/neuro.neuro",
  "compiler/tests/recipes.neuro",
  "examples/neuro/main.neuro",
  "grammar/kitchen-sink.neuro",
];

test.each(paths.filter((path) => !path.startsWith("examples")))(
  "%s can be asked at every place",
  (path) => {
    const text = readFileSync(join(root, path), "utf8");
    const { view } = bench({ "main.neuro": text });
    for (let offset = 0; offset <= text.length; offset++) askAt(view, offset);
  },
  120_000,
);

test.each(paths)(
  "%s can be asked while it is typed, and after anything was torn out",
  (path) => {
    const text = readFileSync(join(root, path), "utf8");
    const draw = draws(path.length);
    for (let round = 0; round < 50; round++) {
      const at = draw(text.length + 1);
      const torn = text.slice(0, at) + (round % 3 === 0 ? "" : text.slice(at + draw(60)));
      const { view } = bench({ "main.neuro": torn });
      askAll(view);
      for (const offset of [at, at - 1, draw(torn.length + 1)]) askAt(view, Math.max(0, Math.min(offset, torn.length)));
    }
  },
  120_000,
);
