/** What people coming from other languages or from a word processor type, and what it is called here. */

const quote = 'Texts stand in straight double quotes: `"..."`.';
const minus = "Minus is the plain hyphen `-`.";

/** Hints by the character that has no meaning in the language. */
const hints: Readonly<Record<string, string>> = {
  ";": "A line end ends an item: remove `;`.",
  "#": "Comments begin with `//`.",
  "'": quote,
  "`": quote,
  "“": quote,
  "”": quote,
  "„": quote,
  "«": quote,
  "»": quote,
  "‘": quote,
  "’": quote,
  "–": minus,
  "—": minus,
  "−": minus,
  "×": "Multiply with `*`.",
  "·": "Multiply with `*`.",
  "÷": "Divide with `/`.",
  "≤": "Write `<=`.",
  "≥": "Write `>=`.",
  "≠": "Write `!=`.",
  "→": "Write `->`.",
  "…": "A range is written with two dots: `1..3`.",
  "!": "Negation is the word `not`; unequal is `!=`.",
  "&": "Both: the word `and`.",
  "~": "Negation is the word `not`.",
  "?": "There is no null: give the field or parameter a default, `name: Type = value`.",
  "@": "There are no annotations: documentation stands in `///` lines, and the cut-off of a metric is its argument, `ndcg(at: 10)`.",
  $: "In a text, `{expression}` is filled in; names have no `$`.",
  "\\": "A line that ends with an operator, a comma or an open bracket continues by itself: remove the backslash.",
  "\u0000": "Save the file as UTF-8 text.",
  "\ufffd": "The file is not valid UTF-8 here: save it as UTF-8.",
};

/** What a character is written as here, where one thing is meant. */
const meant: Readonly<Record<string, string>> = {
  ";": "",
  "#": "//",
  ...Object.fromEntries([..."'`“”„«»‘’"].map((character) => [character, '"'])),
  ...Object.fromEntries([..."–—−"].map((character) => [character, "-"])),
  "×": "*",
  "·": "*",
  "÷": "/",
  "≤": "<=",
  "≥": ">=",
  "≠": "!=",
  "→": "->",
  "…": "..",
  "!": "not ",
  "&": " and ",
  "~": "not ",
  $: "",
  "\\": "",
};

/** What stands for a character here, if that is known. */
export const meantBy = (character: string): string | undefined => meant[character];

/** What to write instead of a character, if that is known. */
export const hintForCharacter = (character: string): string | undefined => hints[character];

/** A character as a message shows it: itself where it is visible, else its code point. */
export function showCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character) && code !== 0xfffd;
  return visible ? `\`${character}\`` : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
