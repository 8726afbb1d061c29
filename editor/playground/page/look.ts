/** How texts look in the editor: themes in the site's colours, and grammars that colour at once, before the worker has said what names mean. */
import type { Words } from "../protocol.ts";
import * as monaco from "./monaco.ts";

const colours = {
  light: {
    word: "7a3b8f",
    type: "1d5c8f",
    fn: "0f5f59",
    text: "8a5a00",
    number: "9c3d1f",
    comment: "6b7672",
    fore: "1f2626",
    back: "#fdfcf9",
    line: "#f3f2ec",
  },
  dark: {
    word: "cf9ae0",
    type: "7db8e8",
    fn: "6fc7bd",
    text: "e3b668",
    number: "ec9a78",
    comment: "87938f",
    fore: "dfe5e3",
    back: "#14191a",
    line: "#1b2223",
  },
};

function theme(name: keyof typeof colours): void {
  const c = colours[name];
  const rule = (token: string, foreground: string, fontStyle?: string) => ({
    token,
    foreground,
    ...(fontStyle ? { fontStyle } : {}),
  });
  monaco.editor.defineTheme(`neuro-${name}`, {
    base: name === "light" ? "vs" : "vs-dark",
    inherit: true,
    rules: [
      rule("", c.fore),
      rule("keyword", c.word),
      rule("attribute", c.word),
      rule("type", c.type),
      rule("class", c.type),
      rule("enum", c.type),
      rule("function", c.fn),
      rule("variable", c.fore),
      rule("parameter", c.fore, "italic"),
      rule("string", c.text),
      rule("number", c.number),
      rule("comment", c.comment, "italic"),
    ],
    colors: {
      "editor.background": c.back,
      "editor.lineHighlightBackground": c.line,
      "editor.lineHighlightBorder": c.line,
      "editorGutter.background": c.back,
      "editorStickyScroll.background": c.back,
    },
  });
}

/** The word that a declaration begins with: a line's first, before a name. */
const opening = (kinds: readonly string[]): RegExp =>
  new RegExp(`^\\s*(?:extern\\s+)?(?:${kinds.join("|")})(?=\\s+["\\p{L}_])`, "u");

/** The language's words and signs, as the scanner has them. */
function spec({ reserved, kinds }: Words): monaco.languages.IMonarchLanguage {
  return {
    defaultToken: "",
    unicode: true,
    words: [...reserved],
    tokenizer: {
      root: [
        [/\/\/.*$/, "comment"],
        [/"""/, { token: "string", next: "@long" }],
        [/"(?:[^"\\]|\\.)*"?/, "string"],
        [/\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?%?/, "number"],
        [/\p{Lu}[\p{L}\p{M}\p{Nd}_]*/u, "type"],
        [opening(kinds), "keyword"],
        [/[\p{L}_][\p{L}\p{M}\p{Nd}_]*/u, { cases: { "@words": "keyword", "@default": "" } }],
      ],
      long: [
        [/"""/, { token: "string", next: "@pop" }],
        [/[^"]+|"/, "string"],
      ],
    },
  };
}

/** ONNX's textual form. */
const onnx: monaco.languages.IMonarchLanguage = {
  tokenizer: {
    root: [
      [/#.*$/, "comment"],
      [/"(?:[^"\\]|\\.)*"/, "string"],
      [/\b(?:float|float16|bfloat16|int8|int32|int64|uint8|uint16|uint32|uint4|int4|bool)\b/, "type"],
      [/(=\s*)([\w.]+)(?=\s*[<(])/, ["", "function"]],
      [/-?\d[\d.]*(?:e[+-]?\d+)?/, "number"],
    ],
  },
};

/** A plan: what came from where. */
const plan: monaco.languages.IMonarchLanguage = {
  tokenizer: {
    root: [
      [/^program .*$/, "keyword"],
      [/[\w./-]+\.neuro:\d+/, "string"],
      [/\b\d[\d.,]*(?: [kMGT]?(?:B|FLOP))?\b/, "number"],
    ],
  },
};

/** Makes the languages and themes known. */
export function defineLooks(words: Words): void {
  theme("light");
  theme("dark");
  for (const [id, language] of Object.entries({ neuro: spec(words), onnx, plan })) {
    monaco.languages.register({ id });
    monaco.languages.setMonarchTokensProvider(id, language);
  }
  monaco.languages.setLanguageConfiguration("neuro", {
    comments: { lineComment: "//" },
    brackets: [
      ["{", "}"],
      ["[", "]"],
      ["(", ")"],
    ],
    autoClosingPairs: [
      { open: "{", close: "}" },
      { open: "[", close: "]" },
      { open: "(", close: ")" },
      { open: '"', close: '"', notIn: ["string", "comment"] },
    ],
    onEnterRules: [
      { beforeText: /^\s*\/\/\/.*$/, action: { indentAction: monaco.languages.IndentAction.None, appendText: "/// " } },
    ],
  });
}

/** Light or dark, as was chosen, else as the reader's system says. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Draws editors as the page is drawn. */
export const applyTheme = (): void => monaco.editor.setTheme(isDark() ? "neuro-dark" : "neuro-light");
