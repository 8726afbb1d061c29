/** The highlighter's grammar (TextMate), from the tables of words and signs that the scanner reads. */
import {
  callableKinds,
  escapes,
  kinds,
  namePattern,
  numberPattern,
  otherKinds,
  particles,
  reserved,
  settingKinds,
  signs,
} from "../tokens.ts";

type Rule = {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Rule[];
  readonly include?: string;
};
type Captures = Readonly<Record<string, { readonly name: string }>>;

const escapeRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
/** Longest first, so that no alternative hides another. */
const oneOf = (texts: readonly string[]) =>
  [...texts]
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map(escapeRegExp)
    .join("|");
const include = (...names: readonly string[]): Rule[] => names.map((name) => ({ include: `#${name}` }));

const values = ["true", "false"];
const logic = ["and", "or", "not", "in"];
const control = reserved.filter((text) => !values.includes(text) && !logic.includes(text));
const operators = Object.values(signs).filter((text) => !/^[()[\]{},:.]$/.test(text));
const word = String.raw`(?<![\p{L}\p{M}\p{Nd}_])`;
const wordEnd = String.raw`(?![\p{L}\p{M}\p{Nd}_])`;
const label = String.raw`(?=\s*:)`;

const escapeRule: Rule = {
  name: "constant.character.escape.neuro",
  match: String.raw`\\(?:${oneOf(Object.keys(escapes))})`,
};
const hole: Rule = {
  name: "meta.embedded.expression.neuro",
  begin: String.raw`\{`,
  end: String.raw`\}`,
  beginCaptures: { 0: { name: "punctuation.section.embedded.begin.neuro" } },
  endCaptures: { 0: { name: "punctuation.section.embedded.end.neuro" } },
  patterns: [{ include: "$self" }],
};

const repository: Readonly<Record<string, { readonly patterns: readonly Rule[] }>> = {
  comments: {
    patterns: [
      { name: "comment.line.documentation.neuro", match: "^\\s*///(?!/).*$" },
      { name: "comment.line.double-slash.neuro", match: "//.*$" },
    ],
  },
  strings: {
    patterns: [
      { name: "string.quoted.triple.neuro", begin: '"""', end: '"""', patterns: [escapeRule, hole] },
      { name: "string.quoted.double.neuro", begin: '"', end: '"|$', patterns: [escapeRule, hole] },
    ],
  },
  declarations: {
    patterns: [
      {
        match: String.raw`^\s*(?:(extern)\s+)?(${oneOf([...callableKinds, ...settingKinds, ...otherKinds.filter((kind) => kind === "type" || kind === "model")])})\s+(${namePattern})`,
        captures: {
          1: { name: "storage.modifier.neuro" },
          2: { name: "storage.type.neuro" },
          3: { name: "entity.name.function.neuro" },
        },
      },
      {
        match: String.raw`^\s*(use)\s+((?:${namePattern})(?:\.(?:${namePattern}))*)?`,
        captures: { 1: { name: "keyword.control.import.neuro" }, 2: { name: "entity.name.namespace.neuro" } },
      },
      { name: "storage.modifier.neuro", match: String.raw`${word}(?:train|live)(?=\s+${namePattern}\s*[:=,)])` },
      {
        name: "keyword.control.neuro",
        match: String.raw`${word}(?:${oneOf(particles.filter((text) => text !== "live"))})(?=\s+["\p{L}_])`,
      },
    ],
  },
  labels: {
    patterns: [{ name: "variable.parameter.neuro", match: `${word}${namePattern}${label}` }],
  },
  words: {
    patterns: [
      { name: "variable.other.member.neuro", match: String.raw`(?<=[^.]\.)${namePattern}` },
      { name: "constant.language.boolean.neuro", match: `${word}(?:${oneOf(values)})${wordEnd}` },
      { name: "keyword.operator.word.neuro", match: `${word}(?:${oneOf(logic)})${wordEnd}` },
      { name: "keyword.control.neuro", match: `${word}(?:${oneOf(control)})${wordEnd}` },
    ],
  },
  numbers: {
    patterns: [
      {
        match: String.raw`${word}(${numberPattern})(?:(%)|[ \t]+(?!(?:${oneOf([...reserved, ...kinds, ...particles])})${wordEnd})(${namePattern}))?`,
        captures: {
          1: { name: "constant.numeric.neuro" },
          2: { name: "keyword.other.unit.neuro" },
          3: { name: "keyword.other.unit.neuro" },
        },
      },
    ],
  },
  names: {
    patterns: [
      { name: "entity.name.type.neuro", match: String.raw`${word}\p{Lu}[\p{L}\p{M}\p{Nd}_]*` },
      { name: "entity.name.function.call.neuro", match: String.raw`${word}${namePattern}(?=\()` },
    ],
  },
  operators: { patterns: [{ name: "keyword.operator.neuro", match: oneOf(operators) }] },
};

/** The text of `neuro.tmLanguage.json`. */
export function textmate(): string {
  const grammar = {
    $schema: "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
    name: "neuro",
    scopeName: "source.neuro",
    fileTypes: ["neuro"],
    patterns: include("comments", "strings", "declarations", "labels", "words", "numbers", "names", "operators"),
    repository,
  };
  return `${JSON.stringify(grammar, undefined, 2)}\n`;
}
