// The house in one test: imports run one way, no value cycles, files and functions stay small, exports are documented.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { ts } from "ts-morph";
import { expect, test } from "vitest";

/** What each room may import besides itself. `cli`, `bench`, `examples` and `docs` stand outside and may import all. */
const allowed: Record<string, readonly string[]> = {
  grammar: [],
  kernels: [],
  compiler: ["grammar", "kernels"],
  runtime: ["kernels"],
  editor: ["grammar", "compiler"],
};
const outside = ["cli", "bench", "examples", "docs", "tests"];
const root = import.meta.dirname;
const skipped = new Set(["node_modules", "dist", "build", "generated", "runs", ".git"]);

type Source = { path: string; room: string; lines: number; tree: ts.SourceFile };

const sources: Source[] = [...Object.keys(allowed), ...outside].flatMap((room) =>
  walk(join(root, room)).map((path) => open(path, room)),
);
/** What only tests use: helpers that draw random programs and trees, fixtures. */
const helping = /[\\/](tests|testing)[\\/]/;
const product = sources.filter((source) => !source.path.endsWith(".test.ts") && !helping.test(source.path));

function walk(folder: string): string[] {
  let entries: import("node:fs").Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

function open(path: string, room: string): Source {
  const text = readFileSync(path, "utf8");
  return { path, room, lines: text.split("\n").length, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** The files that `source` imports, and whether a value (not only types) is imported. */
function imports(source: Source): { to: string; value: boolean }[] {
  const found: { to: string; value: boolean }[] = [];
  const add = (specifier: ts.Node | undefined, value: boolean) => {
    if (specifier && ts.isStringLiteral(specifier) && specifier.text.startsWith("."))
      found.push({ to: resolve(dirname(source.path), specifier.text), value });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const named = clause?.namedBindings;
      const onlyTypes =
        clause?.isTypeOnly ||
        (clause &&
          !clause.name &&
          named &&
          ts.isNamedImports(named) &&
          named.elements.length > 0 &&
          named.elements.every((e) => e.isTypeOnly));
      add(node.moduleSpecifier, !onlyTypes);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, !node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

const short = (path: string) => relative(root, path).split(sep).join("/");

test("imports run one way between the rooms", () => {
  const wrong = product
    .filter((source) => source.room in allowed)
    .flatMap((source) =>
      imports(source)
        .map(({ to }) => ({ to, room: short(to).split("/")[0] }))
        .filter(({ room }) => room !== source.room && !allowed[source.room].includes(room))
        .map(({ to }) => `${short(source.path)} -> ${short(to)}`),
    );
  expect(wrong).toEqual([]);
});

test("nothing but a test imports what is made for tests", () => {
  const wrong = product
    .filter((source) => source.room in allowed || source.room === "cli")
    .flatMap((source) =>
      imports(source)
        .filter(({ to }) => helping.test(to))
        .map(({ to }) => `${short(source.path)} -> ${short(to)}`),
    );
  expect(wrong).toEqual([]);
});

test("no cycle of imports carries values", () => {
  const edges = new Map(
    product.map((s) => [
      s.path,
      imports(s)
        .filter((i) => i.value)
        .map((i) => i.to),
    ]),
  );
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    if (state.get(path) === "done" || !edges.has(path)) return;
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path].map(short).join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const to of edges.get(path)!) visit(to, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of edges.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});

test("no file is longer than 600 lines and the median is under 150", () => {
  const sizes = product.map((s) => s.lines).sort((a, b) => a - b);
  expect(product.filter((s) => s.lines > 600).map((s) => `${short(s.path)} has ${s.lines} lines`)).toEqual([]);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(150);
});

test("no function is longer than 100 lines", () => {
  const long: string[] = [];
  for (const source of product) {
    const line = (at: number) => source.tree.getLineAndCharacterOfPosition(at).line + 1;
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && "body" in node && node.body) {
        const lines = line(node.end) - line(node.getStart()) + 1;
        if (lines > 100) long.push(`${short(source.path)}:${line(node.getStart())} has ${lines} lines`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source.tree);
  }
  expect(long).toEqual([]);
});

test("four of five exports are documented", () => {
  let documented = 0;
  let all = 0;
  for (const source of product.filter((s) => s.room in allowed))
    for (const statement of source.tree.statements) {
      const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
      if (!modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) continue;
      all++;
      if (ts.getJSDocCommentsAndTags(statement).length > 0) documented++;
    }
  expect(documented / all).toBeGreaterThan(0.8);
});
