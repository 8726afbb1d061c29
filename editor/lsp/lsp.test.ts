/** The server as editors meet it: a process, spoken to over standard input and output. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type {
  CodeAction,
  CodeLens,
  CompletionList,
  DocumentSymbol,
  Hover,
  InlayHint,
  Location,
  SemanticTokens,
  SemanticTokensDelta,
  SignatureHelp,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver-protocol";
import { Client, edited } from "./tests/client.ts";

const rewards = `/// Long enough, and no longer.
reward quality(answer: Answer) { total = soft(tokens(answer) in 10..20 tokens) }
`;
const spec = `use std.answering { search, quote }
use "./rewards.neuro" { quality }

source pages = files("docs/**/*.md")
index library { over: pages, text: bm25(language: "en") }

pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 20)
  quote(prompt, found)
}
reward both(answer: Answer) { total = 2 * quality(answer) }
`;
const client = new Client({ "main.neuro": spec, "rewards.neuro": rewards, "other/broken.neuro": "source pages = files(\n" });
beforeAll(async () => {
  await client.greet();
  await client.open("main.neuro", spec);
  await client.open("rewards.neuro", rewards);
});
afterAll(async () => {
  expect(await client.leave()).toBe(0);
});

const at = (line: number, character: number) => ({ position: { line, character } });
const whole = { range: { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } } };

test("it says what it can do, and how it counts", () => {
  expect(client.greeting.serverInfo?.name).toBe("neuro");
  expect(client.greeting.capabilities).toMatchObject({
    positionEncoding: "utf-16",
    textDocumentSync: { openClose: true, change: 2 },
    renameProvider: { prepareProvider: true },
    semanticTokensProvider: { full: { delta: true }, range: true },
  });
});

test("a spec that is right shows nothing; one of the workspace that nobody opened shows what is wrong with it", async () => {
  await client.until("other/broken.neuro", (found) => found.length > 0);
  expect(client.diagnostics.get(client.uri("main.neuro")) ?? []).toEqual([]);
});

test("a keystroke shows its syntax error at once, and its end takes it away", async () => {
  const end = { line: 10, character: 59 };
  await client.change("main.neuro", "\nmodel", { start: end, end });
  const [found] = await client.until("main.neuro", (all) => all.length > 0);
  expect(found).toMatchObject({ severity: 1, source: "neuro", range: { start: { line: 11 } } });
  await client.change("main.neuro", "", { start: end, end: { line: 11, character: 5 } });
  await client.until("main.neuro", (all) => all.length === 0);
});

test("what a check finds has its code, its hint and its place, and moves with the text above it", async () => {
  await client.change("main.neuro", "tap", { start: { line: 7, character: 42 }, end: { line: 7, character: 45 } });
  const [found] = await client.until("main.neuro", (all) => all.length > 0);
  expect(found).toMatchObject({
    code: "unknown_parameter",
    range: { start: { line: 7, character: 42 }, end: { line: 7, character: 45 } },
  });
  expect(found!.message).toContain("`top`");
  await client.change("main.neuro", "// one line more\n", { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } });
  await client.until("main.neuro", (all) => all[0]?.range.start.line === 8);
  await client.change("main.neuro", spec);
  await client.until("main.neuro", (all) => all.length === 0);
});

test("a quick fix types what the hint says", async () => {
  const wrong = spec.replace("search, quote", "search, quot");
  await client.change("main.neuro", wrong);
  const [found] = await client.until("main.neuro", (all) => all.some(({ code }) => code === "unknown_import"));
  const actions = await client.ask<CodeAction[]>("textDocument/codeAction", "main.neuro", {
    range: found!.range,
    context: { diagnostics: [found], only: ["quickfix"] },
  });
  const fix = actions.find(({ diagnostics }) => diagnostics?.some(({ code }) => code === "unknown_import"))!;
  const [change] = fix.edit!.documentChanges as { textDocument: { uri: string }; edits: TextEdit[] }[];
  expect(edited(wrong, change!.edits)).toBe(spec);
  await client.change("main.neuro", spec);
  await client.until("main.neuro", (all) => all.length === 0);
});

test("completion offers names in scope with their kind, and types over what was begun", async () => {
  const { items } = await client.ask<CompletionList>("textDocument/completion", "main.neuro", at(7, 12));
  const offered = items.find(({ label }) => label === "search")!;
  expect(offered.textEdit).toMatchObject({ range: { start: { line: 7, character: 10 }, end: { line: 7 } } });
  const inside = await client.ask<CompletionList>("textDocument/completion", "main.neuro", at(7, 17));
  expect(inside.items.map(({ label }) => label)).toEqual(expect.arrayContaining(["library", "top"]));
});

test("hover says the type and the documentation, of the standard library too", async () => {
  const hover = await client.ask<Hover>("textDocument/hover", "main.neuro", at(7, 12));
  const { value } = hover.contents as { value: string };
  expect(value).toContain("search");
  expect(value).toContain("passages of an index");
});

test("a signature is shown with the argument at hand", async () => {
  const help = await client.ask<SignatureHelp>("textDocument/signatureHelp", "main.neuro", at(7, 26));
  expect(help.signatures[0]!.label).toContain("search(");
  const [start, end] = help.signatures[0]!.parameters![help.activeParameter!]!.label as [number, number];
  expect(help.signatures[0]!.label.slice(start, end)).toContain("queries");
});

test("definition leads into the standard library, whose file can be read and asked about", async () => {
  const [found] = await client.ask<Location[]>("textDocument/definition", "main.neuro", at(7, 12));
  expect(found!.uri).toMatch(/stdlib\/answering\.neuro$/);
  const hover = await client.ask<Hover>("textDocument/hover", found!.uri, { position: found!.range.start });
  expect((hover.contents as { value: string }).value).toContain("search");
});

test("references are found across files, and a rename changes them all", async () => {
  const found = await client.ask<Location[]>("textDocument/references", "rewards.neuro", {
    ...at(1, 8),
    context: { includeDeclaration: true },
  });
  expect(found.map(({ uri }) => uri.split("/").at(-1)).sort()).toEqual(["main.neuro", "main.neuro", "rewards.neuro"]);
  const place = await client.ask<{ placeholder: string }>("textDocument/prepareRename", "rewards.neuro", at(1, 8));
  expect(place.placeholder).toBe("quality");
  const edit = await client.ask<WorkspaceEdit>("textDocument/rename", "rewards.neuro", { ...at(1, 8), newName: "worth" });
  const texts = (edit.documentChanges as { textDocument: { uri: string }; edits: TextEdit[] }[]).map(({ textDocument, edits }) =>
    edited(textDocument.uri.endsWith("main.neuro") ? spec : rewards, edits),
  );
  expect(texts.sort()).toEqual([rewards.replace("quality", "worth"), spec.replaceAll("quality", "worth")].sort());
});

test("a rename that cannot be is refused with its reason", async () => {
  const asked = client.ask("textDocument/rename", "main.neuro", { ...at(7, 3), newName: "prompt" });
  await expect(asked).rejects.toThrow(/prompt/);
  await expect(client.ask("textDocument/rename", "main.neuro", { ...at(7, 3), newName: "two words" })).rejects.toThrow();
});

test("a document is formatted as neuroc fmt does, in ranges and as a whole", async () => {
  const loose = 'source   pages=files( "*.md" )\n';
  await client.open("loose.neuro", loose);
  const edits = await client.ask<TextEdit[]>("textDocument/formatting", "loose.neuro", {
    options: { tabSize: 2, insertSpaces: true },
  });
  expect(edited(loose, edits)).toBe('source pages = files("*.md")\n');
  const some = await client.ask<TextEdit[]>("textDocument/rangeFormatting", "loose.neuro", {
    ...whole,
    options: { tabSize: 2, insertSpaces: true },
  });
  expect(edited(loose, some)).toBe('source pages = files("*.md")\n');
});

test("symbols, folds, highlights, links and selections are those of the text", async () => {
  const symbols = await client.ask<DocumentSymbol[]>("textDocument/documentSymbol", "main.neuro");
  expect(symbols.map(({ name }) => name)).toEqual(expect.arrayContaining(["pages", "library", "answer"]));
  const folds = await client.ask<{ startLine: number; endLine: number }[]>("textDocument/foldingRange", "main.neuro");
  expect(folds).toContainEqual(expect.objectContaining({ startLine: 6 }));
  const marks = await client.ask<{ range: object }[]>("textDocument/documentHighlight", "main.neuro", at(7, 3));
  expect(marks).toHaveLength(2);
  const links = await client.ask<{ target: string }[]>("textDocument/documentLink", "main.neuro");
  expect(links.map(({ target }) => target)).toContain(client.uri("rewards.neuro"));
  const [selection] = await client.ask<{ range: { start: { character: number } }; parent?: object }[]>(
    "textDocument/selectionRange",
    "main.neuro",
    {
      positions: [{ line: 7, character: 12 }],
    },
  );
  expect(selection!.parent).toBeDefined();
});

test("symbols of the workspace are found by a part of their name", async () => {
  const found = await client.connection.sendRequest<{ name: string }[]>("workspace/symbol", { query: "qual" });
  expect(found.map(({ name }) => name)).toContain("quality");
});

test("calls are told in both directions", async () => {
  const items = await client.ask<object[]>("textDocument/prepareCallHierarchy", "main.neuro", at(6, 11));
  const out = await client.connection.sendRequest<{ to: { name: string } }[]>("callHierarchy/outgoingCalls", { item: items[0] });
  expect(out.map(({ to }) => to.name)).toEqual(expect.arrayContaining(["search", "quote"]));
});

test("tokens come whole, as a difference, and of a range; all say the same", async () => {
  const first = await client.ask<SemanticTokens>("textDocument/semanticTokens/full", "main.neuro");
  expect(first.data.length % 5).toBe(0);
  expect(first.data.length).toBeGreaterThan(50);
  const line = { line: 3, character: 0 };
  await client.change("main.neuro", 'source more = files("*.txt")\n', { start: line, end: line });
  const delta = await client.ask<SemanticTokensDelta>("textDocument/semanticTokens/full/delta", "main.neuro", {
    previousResultId: first.resultId,
  });
  const data = [...first.data];
  for (const { start, deleteCount, data: put = [] } of delta.edits) data.splice(start, deleteCount, ...put);
  expect(data).toEqual((await client.ask<SemanticTokens>("textDocument/semanticTokens/full", "main.neuro")).data);
  expect((await client.ask<SemanticTokens>("textDocument/semanticTokens/range", "main.neuro", whole)).data).toEqual(data);
  await client.change("main.neuro", spec);
});

test("lenses name the commands of the declarations they stand on", async () => {
  const lenses = await client.ask<CodeLens[]>("textDocument/codeLens", "main.neuro");
  const asked = lenses.find(({ command }) => command?.command === "neuro.ask")!;
  expect(asked.range.start.line).toBe(6);
  expect(asked.command!.arguments).toEqual([client.uri("main.neuro"), "answer"]);
});

test("inlay hints are there, and gone where they are switched off", async () => {
  const maths = `layer half(x: [b, d]) -> [b, d] {\n  y = x * 0.5\n  y\n}\n`;
  await client.open("maths.neuro", maths);
  const shown = await client.ask<InlayHint[]>("textDocument/inlayHint", "maths.neuro", whole);
  expect(shown.length).toBeGreaterThan(0);
  client.settings = { inlayHints: { types: false, parameters: false, costs: false } };
  await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
  await expect
    .poll(async () => (await client.ask<InlayHint[]>("textDocument/inlayHint", "maths.neuro", whole)).length, { timeout: 5000 })
    .toBe(0);
  client.settings = {};
  await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
});

test("a document that was never saved is checked, and may use files of the workspace", async () => {
  await client.open("untitled:Untitled-1", 'use "./rewards.neuro" { nothing }\n');
  const found = await client.until("untitled:Untitled-1", (all) => all.length > 0);
  expect(found.map(({ code }) => code)).toContain("unknown_import");
  expect(found.map(({ code }) => code)).not.toContain("missing_file");
});

test("a file that changes on the disk is read again, and one that goes takes its diagnostics with it", async () => {
  client.write("other/broken.neuro", 'source pages = files("*.md")\n');
  const changed = (type: number) =>
    client.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: client.uri("other/broken.neuro"), type }],
    });
  await changed(2);
  await client.until("other/broken.neuro", (all) => all.length === 0);
});

test("stages, examples and pages of diagnostics are told to clients that ask", async () => {
  const graphs = await client.ask<{ name: string; stages: { name: string }[] }[]>("neuro/graph", "main.neuro");
  expect(graphs.map(({ name, stages }) => [name, stages.length])).toEqual([
    ["answer", 3],
    ["both", 2],
  ]);
  const faults = await client.connection.sendRequest<{ code: string }[]>("neuro/example", {
    uri: client.uri("guide.md"),
    text: 'use "./rewards.neuro" { quality }\nreward B(answer: Answer) { total = quality(answer) }\n',
  });
  expect(faults.map(({ code }) => code)).toEqual(["name_case"]);
  expect(await client.connection.sendRequest("neuro/explain", { code: "name_case" })).toContain("```neuro");
  const uri = await client.connection.sendRequest<string>("neuro/uri", {
    path: "std/models.neuro",
    beside: client.uri("main.neuro"),
  });
  expect(uri).toMatch(/stdlib\/models\.neuro$/);
});

test("bad requests are refused, and the next good one is answered", async () => {
  const { connection } = client;
  await expect(connection.sendRequest("textDocument/hover", {})).rejects.toThrow(/textDocument/);
  await expect(client.ask("textDocument/hover", "main.neuro")).rejects.toThrow(/position/);
  await expect(client.ask("textDocument/rename", "main.neuro", at(7, 3))).rejects.toThrow(/name/);
  await expect(connection.sendRequest("textDocument/nothing", {})).rejects.toThrow();
  await expect(connection.sendRequest("neuro/example", { uri: 1 })).rejects.toThrow();
  await expect(connection.sendRequest("callHierarchy/incomingCalls", { item: {} })).rejects.toThrow();
  await connection.sendNotification("textDocument/didChange", {
    textDocument: { uri: client.uri("never-opened.neuro"), version: 1 },
    contentChanges: [{ text: "x" }],
  });
  await connection.sendNotification("textDocument/didChange", { textDocument: {} } as never);
  await connection.sendNotification("textDocument/didOpen", {} as never);
  await client.ask("textDocument/hover", "main.neuro", at(-5, 99_999));
  await client.ask("textDocument/completion", "nowhere/there.neuro", at(4, 4));
  expect(await client.ask("textDocument/hover", "main.neuro", at(7, 12))).not.toBeNull();
});

test("a request that was cancelled is not answered, and those of an old text neither", async () => {
  const { CancellationTokenSource } = await import("vscode-languageserver-protocol");
  const source = new CancellationTokenSource();
  const params = { textDocument: { uri: client.uri("main.neuro") }, ...at(7, 12) };
  const asked = client.connection.sendRequest("textDocument/hover", params, source.token);
  source.cancel();
  const outcome = await asked.then(
    () => "answered",
    (error: { code: number }) => error.code,
  );
  expect(["answered", -32800]).toContain(outcome); // it may have been quicker
  expect(await client.ask("textDocument/hover", "main.neuro", at(7, 12))).not.toBeNull();
});
