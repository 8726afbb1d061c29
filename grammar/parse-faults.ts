/** Turns what Chevrotain reports into diagnostics in the words of the language. */
import { EOF, type IParserErrorMessageProvider, type IRecognitionException, type IToken, type TokenType } from "chevrotain";
import type { Fault, Faults } from "./faults.ts";
import type { Stray } from "./recovery.ts";
import { Identifier, isReserved, NewLine, sign, TextOpen, Unit, word } from "./tokens.ts";

/** Chevrotain wants a message at once; it carries what was expected, and `syntaxFault` makes the sentence when all is known. */
export const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, ruleName }) => `${ruleName}/${expected.name}/${expected.LABEL ?? expected.name}`,
  buildNoViableAltMessage: ({ ruleName }) => `${ruleName}//`,
  buildEarlyExitMessage: ({ ruleName }) => `${ruleName}//`,
  buildNotAllInputParsedMessage: ({ ruleName }) => `${ruleName}/EOF/`,
};

/** What a rule reads, as a person would name it. */
const readers: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["expr", "choice", "each", "operators", "postfix", "primary", "expressionStatement", "arg", "args"].map((rule) => [
      rule,
      "an expression",
    ]),
  ),
  type: "a type",
  atom: "a type",
  namedType: "a type",
  param: "a parameter",
  field: "a name",
  axis: "an axis",
  axes: "an axis",
  index: "an index, as `x[0]` or `x[axis: 0]`",
  string: "a text",
  declaration: "a declaration",
  file: "a declaration",
  use: 'a module, as `std.models` or `"./rewards.neuro"`',
  statement: "a statement",
  separator: "`,` or the end of the line",
  model: "parameters in `( )`, or `:` and an architecture",
};

/** What may follow when a list or a block did not end where it could. */
const unfinished: Readonly<Record<string, string>> = {
  call: "`,` or `)`",
  args: "`,` or `)`",
  params: "`,` or `)`",
  fnType: "`,` or `)`",
  list: "`,` or `]`",
  index: "`,` or `]`",
  tensorType: "`,` or `]`",
  string: "`}`",
  file: "the end of the line",
  record: "`,`, the end of the line or `}`",
  recordType: "`,`, the end of the line or `}`",
  use: "`,`, the end of the line or `}`",
  body: "an operator or the end of the line",
  primary: "an operator or `)`",
};

/** Words that open a statement elsewhere. */
const foreign: Readonly<Record<string, string>> = {
  let: "Bindings need no keyword: `name = value`.",
  const: "Bindings need no keyword: `name = value`.",
  var: "Bindings need no keyword: `name = value`.",
  val: "Bindings need no keyword: `name = value`.",
  return: "The last expression of a body is its result: leave `return` out.",
  while: "Write `repeat round in 1..5 until condition { .. }`: every loop has a bound.",
  def: "A local function is `fn name(x) = expression`.",
  function: "A local function is `fn name(x) = expression`.",
  lambda: "There are no lambdas: name it with `fn f(x) = expression` and pass `f`.",
};

/** Reports the first trouble of each stretch between line ends, unless something is reported there already: the rest follows from it. */
export function reportSyntax(
  errors: readonly IRecognitionException[],
  strays: readonly Stray[],
  tokens: readonly IToken[],
  length: number,
  faults: Faults,
): void {
  if (errors.length === 0 && strays.length === 0) return;
  const ends = tokens.flatMap((token, i) => (token.tokenType === NewLine ? [tokens[i + 1]?.startOffset ?? length] : []));
  const seen = new Set(faults.places.map((place) => itemOf(ends, place)));
  const troubles: Stray[] = [
    ...errors.map(({ message, token }) => {
      const [rule = "", expected = "", label = ""] = message.split("/");
      return { rule, expected, label, token };
    }),
    ...strays,
  ];
  const offset = ({ token }: Stray) => (token.tokenType === EOF ? length : token.startOffset);
  for (const trouble of troubles.sort((a, b) => offset(a) - offset(b))) {
    const item = itemOf(ends, offset(trouble));
    if (seen.has(item)) continue;
    seen.add(item);
    report(trouble, previousOf(tokens, offset(trouble)), length, faults);
  }
}

/** The last token that was typed before an offset. */
function previousOf(tokens: readonly IToken[], offset: number): IToken | undefined {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.startOffset < offset) low = middle + 1;
    else high = middle;
  }
  while (low > 0 && tokens[low - 1]!.image === "") low--;
  return tokens[low - 1];
}

/** How many items begin at or before an offset, the first not counted. */
function itemOf(ends: readonly number[], offset: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function report(trouble: Stray, previous: IToken | undefined, length: number, faults: Faults): void {
  const { token } = trouble;
  const wanted = wantedBy(trouble);
  const over = token.tokenType === EOF || token.image === "";
  const found =
    token.tokenType === EOF ? "the file ends here" : over ? "the line ends here" : `found \`${shorten(token.image)}\``;
  const hint = hintFor(trouble, previous);
  // What is missing at a line end is shown at the word before it: that is where people look.
  const at = over ? previous : token;
  const fix = fixFor(trouble, previous);
  faults.report({
    code: "syntax",
    title: "This cannot be read",
    text: `Expected ${wanted}, but ${found}.`,
    ...(hint === undefined ? {} : { hint }),
    label: `expected ${wanted}${at === token ? "" : " after this"}`,
    start: at?.startOffset ?? length,
    end: at ? at.endOffset! + 1 : length,
    ...(fix && { fix }),
  });
}

/** What to type, where the hint leaves one thing to be meant. */
function fixFor({ token, expected, rule }: Stray, previous: IToken | undefined): Fault["fix"] {
  const touches = previous !== undefined && previous.endOffset! + 1 === token.startOffset;
  const end = token.endOffset! + 1;
  if (token.tokenType === sign.Is && expected === "word then")
    return { title: "Write `==`", changes: [{ start: token.startOffset, end, text: "==" }] };
  if (token.tokenType === sign.Star && previous?.tokenType === sign.Star && touches)
    return { title: "Write `^`", changes: [{ start: previous.startOffset, end, text: "^" }] };
  if (token.tokenType === sign.Is && isLabel(previous) && inArguments.has(rule))
    return { title: "Write `:`", changes: [{ start: previous!.endOffset! + 1, end, text: ":" }] };
  // The parser stopped at what follows the word.
  if (previous && needless.has(previous.image) && token.image !== "")
    return {
      title: `Remove \`${previous.image}\``,
      changes: [{ start: previous.startOffset, end: token.startOffset, text: "" }],
    };
  if (needless.has(token.image))
    return { title: `Remove \`${token.image}\``, changes: [{ start: token.startOffset, end, text: "" }] };
  return undefined;
}

/** Words of other languages that stand for nothing here. */
const needless = new Set(["let", "const", "var", "val", "return"]);

function wantedBy({ rule, expected, label }: Stray): string {
  if (/^Close(Paren|Square|Brace|Angle)$|^TextClose$/.test(expected)) return unfinished[rule] ?? label;
  if (expected === "Name" || expected === "Word") return rule === "namedType" ? readers.type! : "a name";
  return expected === "" ? (readers[rule] ?? "something else") : expected === "EOF" ? readers.file! : label;
}

const shorten = (image: string) => {
  const line = image.split(/[\r\n]/, 1)[0]!;
  return line.length > 30 ? `${line.slice(0, 30)}…` : line;
};

/** Rules that begin with a name. */
const namers = new Set(["statement", "param", "params", "field", "import"]);

/** What to do, where the mistake is a common one. */
function hintFor({ token, rule, expected }: Stray, previous: IToken | undefined): string | undefined {
  const type = token.tokenType;
  const before = previous?.tokenType;
  const touches = previous !== undefined && previous.endOffset! + 1 === token.startOffset;
  const wordHere = foreign[token.image] ?? (before === Identifier || before === Unit ? foreign[previous!.image] : undefined);
  if ((expected === "Name" || namers.has(rule)) && isReserved(type))
    return `\`${token.image}\` is a reserved word: choose another name.`;
  if (wordHere) return wordHere;
  if (expected === "word else") return "Every `if` has an `else`: `if condition then a else b`.";
  if (type === sign.Is && expected === "word then") return bySign.get(type);
  if (expected === "word then") return "`if` is an expression: `if condition then a else b`. There is no `if` statement.";
  if (type === NewLine || type === EOF) return lineHint(rule, expected);
  if (type === sign.Star && before === sign.Star && touches) return "A power is written `x ^ 2`.";
  if (type === sign.More && before === sign.Is && touches) return foreign.lambda;
  if (rule === "string" || (before === TextOpen && token.image.startsWith("}")))
    return "In a text, `{` begins an expression; a brace itself is `\\{`.";
  if (type === sign.Is && expected === "Name") return undefined;
  if (inArguments.has(rule) && isLabel(previous)) {
    if (type === sign.Is) return `An argument is named with a colon: \`${previous!.image}: ..\`.`;
    if (type === sign.Colon) return `A comma is missing before \`${previous!.image}\`.`;
  }
  if (rule === "list" && type === word.for) return "Results of a loop are a list: `for x in found { .. }`.";
  if (rule === "primary" && type === sign.Comma)
    return "Parentheses hold one expression: a list is `[a, b]`, and a function is named, `fn f(a, b) = ..`.";
  if (type === sign.Less && before !== Identifier) return undefined;
  return bySign.get(type);
}

/** Rules whose parts may have a name before a colon. */
const inArguments = new Set(["call", "args"]);
const isLabel = (token: IToken | undefined): boolean => token?.tokenType === Identifier || token?.tokenType === Unit;

function lineHint(rule: string, expected: string): string | undefined {
  if (rule === "use") return "Name what is used: `use std.data { sample, top }`.";
  return expected === "OpenBrace" ? "Put `{` at the end of this line." : undefined;
}

/** Hints for a sign that stands where none is read. */
const bySign = new Map<TokenType, string>([
  [sign.Is, "Equality is `==`; a binding `name = value` begins its line."],
  [sign.Percent, "There is no `%` operator; `10%` is the number 0.1."],
  [sign.Less, "Types begin with a capital letter: `List<Text>`."],
  [sign.Bar, "`|` separates what is judged from what is given, once in a call: `p(answer | prompt)`."],
  [sign.Dots, "A range has two ends: `1..3`."],
  [sign.Minus, "Put the negative number in parentheses."],
  [word.if, "Put the choice in parentheses."],
  [word.not, "Put `not` and what it negates in parentheses."],
]);
