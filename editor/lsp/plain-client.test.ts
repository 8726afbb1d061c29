/** The server with a client that can do little: it counts bytes, knows no snippets and no versions of edits, and runs nothing itself. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { CompletionList, Hover, WorkspaceEdit } from "vscode-languageserver-protocol";
import { Client } from "./tests/client.ts";

const spec = 'source страницы = files("*.md")\nindex library { over: страницы, text: bm25(language: "ru") }\n';
const client = new Client({ "main.neuro": spec });
const messages: object[] = [];
beforeAll(async () => {
  client.connection.onNotification("window/showMessage", (message: object) => void messages.push(message));
  await client.greet({ general: { positionEncodings: ["utf-8", "utf-16"] } });
  await client.open("main.neuro", spec);
});
afterAll(() => client.leave());

/** Where a word begins in its line, in bytes. */
const bytes = (line: number, word: string) => {
  const text = spec.split("\n")[line]!;
  return { line, character: Buffer.byteLength(text.slice(0, text.indexOf(word))) };
};

test("positions are in bytes, in questions and in answers", async () => {
  expect(client.greeting.capabilities.positionEncoding).toBe("utf-8");
  const hover = await client.ask<Hover>("textDocument/hover", "main.neuro", { position: bytes(1, "страницы") });
  expect(hover.range).toEqual({ start: bytes(1, "страницы"), end: bytes(1, ", text") });
});

test("changes in bytes are applied where they belong", async () => {
  await client.change("main.neuro", "bm52", { start: bytes(1, "bm25"), end: bytes(1, "(language") });
  const [found] = await client.until("main.neuro", (all) => all.length > 0);
  expect(found!.range).toEqual({ start: bytes(1, "bm25"), end: bytes(1, "(language") });
  await client.change("main.neuro", spec);
  await client.until("main.neuro", (all) => all.length === 0);
});

test("a rename is told by file, without versions", async () => {
  const edit = await client.ask<WorkspaceEdit>("textDocument/rename", "main.neuro", {
    position: bytes(0, "страницы"),
    newName: "книги",
  });
  expect(edit.documentChanges).toBeUndefined();
  expect(edit.changes![client.uri("main.neuro")]).toHaveLength(2);
});

test("snippets come without placeholders", async () => {
  await client.open("empty.neuro", "pip");
  const { items } = await client.ask<CompletionList>("textDocument/completion", "empty.neuro", {
    position: { line: 0, character: 3 },
  });
  const texts = items.map(({ textEdit }) => textEdit!.newText);
  expect(texts.some((text) => text.startsWith("pipeline"))).toBe(true);
  expect(texts.filter((text) => text.includes("$"))).toEqual([]);
});

test("a lens's command is run by the server, which says how it went", async () => {
  const known = client.greeting.capabilities.executeCommandProvider!.commands;
  expect(known).toContain("neuro.check");
  await client.connection.sendRequest("workspace/executeCommand", {
    command: "neuro.check",
    arguments: [client.uri("main.neuro")],
  });
  expect(messages).toEqual([{ type: 3, message: "main.neuro is right: 1 source, 1 index." }]);
  const bad = (command: string, ...words: unknown[]) =>
    client.connection.sendRequest("workspace/executeCommand", { command, arguments: words });
  await expect(bad("neuro.nothing", client.uri("main.neuro"))).rejects.toThrow(/no command/);
  await expect(bad("neuro.check")).rejects.toThrow(/uri/);
  await expect(bad("neuro.check", "untitled:x")).rejects.toThrow(/uri/);
});
