// Every offset of real specs, whole and cut there, asked of every feature that offers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bench } from "../tests/marked.ts";
import { codeActions } from "./code-actions.ts";
import { completion } from "./completion.ts";
import { hover } from "./hover.ts";
import { inlayHints } from "./inlay-hints.ts";
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

test("what is told while a spec is typed is what a fresh look at it tells", () => {
  const source = readFileSync(join(root, paths[0]!), "utf8");
  const { service } = bench(source);
  const draw = draws(11);
  const typed = ["x", ".", "row.", ", ", "(", ")", "\n", " ", "}", "fn g(a) = a\n", "policy", "over"];
  for (let round = 0; round < 100; round++) {
    if (draw(6) === 0) service.open("main.neuro", source);
    const before = service.text("main.neuro");
    const at = draw(before.length);
    const text = typed[draw(typed.length)]!;
    service.change("main.neuro", [{ start: at, end: Math.min(before.length, at + (draw(3) === 0 ? draw(8) : 0)), text }]);
    const [kept, fresh] = [service.view("main.neuro"), bench(service.text("main.neuro")).view];
    for (const offset of [Math.min(kept.text.length, at + text.length), draw(kept.text.length)]) {
      expect(completion(kept, offset)).toEqual(completion(fresh, offset));
      expect(hover(kept, offset)).toEqual(hover(fresh, offset));
      const here = { start: offset, end: offset };
      expect(codeActions(kept, here)).toEqual(codeActions(fresh, here));
    }
    const whole = { start: 0, end: kept.text.length };
    expect(inlayHints(kept, whole)).toEqual(inlayHints(fresh, whole));
  }
}, 120_000);
