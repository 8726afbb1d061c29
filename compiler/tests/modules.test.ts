import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "./library.ts";

const run = (files: Readonly<{ [path: string]: string }>) => check(hostOf(files), "main.neuro");
const codes = (files: Readonly<{ [path: string]: string }>) =>
  run(files).diagnostics.map(({ code, span }) => `${span.file} ${code}`);

test("a name that begins with an underscore stays in its file", () => {
  expect(
    codes({ "main.neuro": 'use "./a.neuro" { _x }\nfn y(z: Float) -> Float = _x(z)', "a.neuro": "fn _x(z: Float) -> Float = z" }),
  ).toEqual(["main.neuro unknown_import"]);
});

test("an import may take another name, and then only that one is in sight", () => {
  const a = "fn x(z: Float) -> Float = z";
  expect(codes({ "main.neuro": 'use "./a.neuro" { x as y }\nfn f(z: Float) -> Float = y(z)', "a.neuro": a })).toEqual([]);
  expect(codes({ "main.neuro": 'use "./a.neuro" { x as other }\nfn f(z: Float) -> Float = x(other(z))', "a.neuro": a })).toEqual([
    "main.neuro unknown_name",
  ]);
});

test("files of folders find each other by path", () => {
  expect(
    codes({
      "main.neuro": 'use "./deep/a.neuro" { x }\nfn f(z: Float) -> Float = x(z)',
      "deep/a.neuro": 'use "../b.neuro" { y }\nfn x(z: Float) -> Float = y(z)',
      "b.neuro": "fn y(z: Float) -> Float = z",
    }),
  ).toEqual([]);
});

test("mistakes of every file are said, by file and place", () => {
  expect(
    codes({
      "main.neuro": 'use "./a.neuro" { x }\nfn f(z: Flot) -> Float = x(zz)',
      "a.neuro": 'fn x(z: Float) -> Float = w\nfn v() -> Float = "no"',
    }),
  ).toEqual(["a.neuro unknown_name", "a.neuro wrong_type", "main.neuro unknown_type", "main.neuro unknown_name"]);
});

test("modules come after those they use, and the prelude first", () => {
  const { modules } = run({
    "main.neuro": 'use "./a.neuro" { x }\nfn f(z: Float) -> Float = x(z)',
    "a.neuro": "fn x(z: Float) -> Float = z",
  });
  expect(modules.map((module) => module.path)).toEqual(["std/prelude.neuro", "a.neuro", "main.neuro"]);
});

test("a file that is named but cannot be read is said once, and its names are not said again", () => {
  expect(codes({ "main.neuro": 'use "./gone.neuro" { x, y }\nfn f(z: Float) -> Float = x(y(z))' })).toEqual([
    "main.neuro missing_file",
  ]);
});

test("an enumeration that comes with a use has its cases where it is expected", () => {
  const a = "type Side = left | right\nfn at(side: Side) -> Float = if side == left then 0 else 1";
  expect(codes({ "main.neuro": 'use "./a.neuro" { at }\nfn f() -> Float = at(right)', "a.neuro": a })).toEqual([]);
  expect(codes({ "main.neuro": 'use "./a.neuro" { at }\nfn f() -> Float = at(up)', "a.neuro": a })).toEqual([
    "main.neuro unknown_name",
  ]);
});
