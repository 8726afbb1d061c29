/** Turns what Chevrotain reports into diagnostics in the words of the language. */
import { EOF, type IParserErrorMessageProvider, type IRecognitionException, type IToken } from "chevrotain";
import type { Faults } from "./faults.ts";
import { Identifier, isReserved, NewLine, sign, Unit, word } from "./tokens.ts";

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
    [
      "expr",
      "choice",
      "each",
      "either",
      "both",
      "negation",
      "comparison",
      "comparator",
      "range",
      "sum",
      "product",
      "unary",
      "power",
      "postfix",
      "primary",
      "expressionStatement",
      "arg",
      "args",
    ].map((rule) => [rule, "an expression"]),
  ),
  type: "a type",
  atom: "a type",
  namedType: "a type",
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

/** Reports the first error of each stretch between line ends; the others follow from it. */
export function reportSyntax(
  errors: readonly IRecognitionException[],
  tokens: readonly IToken[],
  length: number,
  faults: Faults,
): void {
  const ends = tokens.filter((token) => token.tokenType === NewLine).map((token) => token.startOffset);
  const seen = new Set<number>();
  for (const error of errors) {
    const start = error.token.tokenType === EOF ? length : error.token.startOffset;
    const item = itemOf(ends, error.token.tokenType === NewLine ? start - 1 : start);
    if (seen.has(item)) continue;
    seen.add(item);
    const previous = (error as { previousToken?: IToken }).previousToken;
    report(error, previous, tokens, length, faults);
  }
}

/** How many item ends lie before an offset. */
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

function report(
  error: IRecognitionException,
  previous: IToken | undefined,
  tokens: readonly IToken[],
  length: number,
  faults: Faults,
): void {
  const [rule = "", expected = "", label = ""] = error.message.split("/");
  const closes = /^Close(Paren|Square|Brace|Angle)$|^EOF$/.test(expected);
  const wanted =
    (closes ? unfinished[rule] : undefined) ??
    (expected === "" || expected === "Name" || expected === "Word"
      ? nameOr(rule, expected)
      : expected === "EOF"
        ? "a declaration"
        : label);
  const token = error.token;
  const nothing = token.tokenType === EOF || token.image === "";
  const found =
    token.tokenType === EOF ? "the file ends here" : nothing ? "the line ends here" : `found \`${shorten(token.image)}\``;
  const before = token.tokenType === EOF ? tokens.at(-1) : previous;
  const hint = hintFor(error, rule, expected, before);
  // A fault at a line end is shown at the word before it: that is where people look.
  const at = nothing ? (before && before.image !== "" ? before : undefined) : token;
  faults.report({
    code: "syntax",
    title: "This cannot be read",
    text: `Expected ${wanted}, but ${found}.`,
    ...(hint === undefined ? {} : { hint }),
    label: nothing ? `expected ${wanted} after this` : `expected ${wanted}`,
    start: at?.startOffset ?? Math.min(length, Number.isNaN(token.startOffset) ? length : token.startOffset),
    end: at ? at.endOffset! + 1 : length,
  });
}

function nameOr(rule: string, expected: string): string {
  if (expected !== "" && rule !== "namedType") return "a name";
  return readers[rule] ?? "something else";
}

const shorten = (image: string) => {
  const line = image.split(/[\r\n]/, 1)[0]!;
  return line.length > 30 ? `${line.slice(0, 30)}…` : line;
};

function hintFor(error: IRecognitionException, rule: string, expected: string, previous: IToken | undefined): string | undefined {
  const token = error.token;
  const wantsName = expected === "Name";
  if (wantsName && isReserved(token.tokenType)) return `\`${token.image}\` is a reserved word: choose another name.`;
  if (previous && (previous.tokenType === Identifier || previous.tokenType === Unit) && foreign[previous.image])
    return foreign[previous.image];
  if (foreign[token.image]) return foreign[token.image];
  if (token.tokenType === sign.Is && rule !== "statement") return "Equality is `==`; a binding `name = value` begins its line.";
  if (expected === "word else") return "Every `if` has an `else`: `if condition then a else b`.";
  if (expected === "word then") return "`if` is an expression: `if condition then a else b`. There is no `if` statement.";
  if (token.tokenType === sign.Percent) return "There is no `%` operator; `10%` is the number 0.1.";
  if (token.tokenType === NewLine) return lineHint(expected);
  if (rule === "range" || token.tokenType === sign.Dots) return "A range has two ends: `1..3`.";
  if (token.tokenType === word.not) return "Put `not` and what it negates in parentheses.";
  if (token.tokenType === sign.Minus) return "Put the negative number in parentheses.";
  return undefined;
}

function lineHint(expected: string): string | undefined {
  if (expected === "OpenBrace") return "Put `{` at the end of this line.";
  if (expected === "Is") return "Put `=` at the end of this line.";
  return undefined;
}
