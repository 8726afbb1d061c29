import { expect, test } from "vitest";
import { check } from "../index.ts";
import { hostOf } from "../tests/library.ts";

const found = (declaration: string) =>
  check(
    hostOf({
      "main.neuro": `use std.models { Remote }\nmodel w: Remote { remote: "http://x/v1", window: 64 tokens }\n${declaration}`,
    }),
    "main.neuro",
  ).diagnostics.map(({ text, hint }) => `${text} ${hint}`);

test("a remote model and a search server have an address of the web, and one without its beginning is told it", () => {
  expect(found('model writer: Remote { remote: "HTTPS://host.example/v1", window: 4096 tokens }')).toEqual([]);
  expect(found('model writer: Remote { remote: "localhost:8000/v1", window: 4096 tokens }')).toEqual([
    'The field remote must be an address that begins with http:// or https://, and this is "localhost:8000/v1". Write "http://localhost:8000/v1".',
  ]);
  expect(found('source web = searxng("search.example")')).toEqual([
    '`url` of searxng must be an address that begins with http:// or https://, and this is "search.example". Write "https://search.example".',
  ]);
  expect(found('source web = searxng("")')).toEqual([
    '`url` of searxng must be an address that begins with http:// or https://, and this is "". undefined',
  ]);
  expect(found('source weather(city: Text) -> { celsius: Float } = tool("https://weather.example/{city}")')).toEqual([]);
});
