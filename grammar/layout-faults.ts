/** What the layout pass has to say: brackets that do not pair, text nested too deep, items that are no declaration. */
import type { TokenType } from "chevrotain";
import { didYouMean } from "./did-you-mean.ts";
import type { Faults } from "./faults.ts";
import type { Lexeme } from "./scan.ts";
import { Identifier, kinds, opensDeclaration, particles, sign, word } from "./tokens.ts";

const place = (lexeme: Lexeme) => ({ start: lexeme.startOffset, end: lexeme.endOffset + 1 });
const partners: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** `open` has no partner before `found`. */
export function unclosed(faults: Faults, open: Lexeme, found: Lexeme): void {
  // A text that is not closed has swallowed the brackets behind it.
  if (faults.has("unterminated_text", open.startOffset, found.startOffset)) return;
  const bracket = open.image.slice(0, 1);
  const partner = partners[bracket] ?? "}";
  faults.report({
    code: "unclosed_bracket",
    title: "A bracket is not closed",
    text: `This \`${bracket}\` has no \`${partner}\`${found.image === "" ? " before the end of the file" : ""}.`,
    hint: `Add \`${partner}\`.`,
    label: "opened here",
    start: open.startOffset,
    end: open.startOffset + 1,
    ...(found.image === "" ? {} : { more: [{ ...place(found), label: `\`${partner}\` is missing before this` }] }),
    fix: { title: `Add \`${partner}\``, changes: [{ at: found.startOffset, close: bracket === "{" ? ` ${partner}` : partner }] },
  });
}

/** `close` stands where the partner of `open` belongs. */
export function wrongCloser(faults: Faults, open: Lexeme, close: Lexeme): void {
  const partner = partners[open.image] ?? "}";
  faults.report({
    code: "wrong_bracket",
    title: "Brackets do not pair",
    text: `\`${open.image}\` is closed by \`${partner}\`, not by \`${close.image}\`.`,
    hint: `Write \`${partner}\`.`,
    label: `expected \`${partner}\``,
    ...place(close),
    more: [{ ...place(open), label: "opened here" }],
    fix: { title: `Write \`${partner}\``, changes: [{ ...place(close), text: partner }] },
  });
}

/** `close` closes nothing. */
export function unopened(faults: Faults, close: Lexeme): void {
  faults.report({
    code: "unopened_bracket",
    title: "A bracket closes nothing",
    text: `No bracket is open that \`${close.image}\` could close.`,
    hint: "Remove it, or add its opening bracket.",
    label: "closes nothing",
    ...place(close),
    fix: { title: `Remove \`${close.image}\``, changes: [{ ...place(close), text: "" }] },
  });
}

export function tooDeep(faults: Faults, lexeme: Lexeme): void {
  faults.report({
    code: "too_deep",
    title: "This is nested too deeply",
    text: "Too many brackets are open here, one inside the other; what follows was not read.",
    hint: "Give inner parts names of their own.",
    label: "one level too many",
    ...place(lexeme),
  });
}

/** Opening words of other languages. */
const borrowed: Readonly<Record<string, string>> = {
  import: "use",
  include: "use",
  require: "use",
  def: "fn",
  func: "fn",
  fun: "fn",
  function: "fn",
  class: "type",
  struct: "type",
  enum: "type",
  record: "type",
  interface: "type",
  data: "dataset",
  network: "model",
  module: "layer",
  loss: "objective",
  server: "serve",
  test: "eval",
};

/**
 * Reports a top-level item that begins with `lexeme`, which opens no declaration.
 * Returns the kind that was probably meant, for the parser to go on with.
 */
export function unknownDeclaration(faults: Faults, lexeme: Lexeme, next: Lexeme | undefined): TokenType | undefined {
  const named = next !== undefined && !next.newLine && (next.tokenType === Identifier || opensDeclaration(next.tokenType));
  const isWord = lexeme.tokenType === Identifier || particles.some((text) => lexeme.tokenType === word[text]);
  if (!isWord || !(named || next?.image.startsWith('"'))) {
    outOfPlace(faults, lexeme, next);
    return undefined;
  }
  const guess = didYouMean(lexeme.image, kinds) ?? borrowed[lexeme.image.toLowerCase()];
  faults.report({
    code: "unknown_kind",
    title: "Unknown kind of declaration",
    text: `\`${lexeme.image}\` does not begin a declaration.`,
    hint: guess === undefined ? `Declarations begin with one of ${kinds.join(", ")}.` : `Did you mean \`${guess}\`?`,
    label: "unknown kind",
    ...place(lexeme),
    ...(guess && { fix: { title: `Write \`${guess}\``, changes: [{ ...place(lexeme), text: guess }] } }),
  });
  return guess === undefined ? undefined : word[guess as (typeof kinds)[number]];
}

function outOfPlace(faults: Faults, lexeme: Lexeme, next: Lexeme | undefined): void {
  const binding = next?.tokenType === sign.Is;
  const joins = [sign.OpenBrace, sign.Is, word.from].includes(lexeme.tokenType);
  faults.report({
    code: "expected_declaration",
    title: "Expected a declaration",
    text: binding
      ? "A binding stands in the body of a declaration, not at the top of a file."
      : "Only declarations stand at the top of a file: a kind, a name, and what it is.",
    hint: joins
      ? `Put \`${lexeme.image}\` on the line before it: a line end ends an item.`
      : binding
        ? `Write \`fn ${lexeme.image}() = ..\`, or move it into a \`train\`, \`fn\`, \`pipeline\` or another body.`
        : `Begin with one of ${kinds.join(", ")}.`,
    label: "not a declaration",
    ...place(lexeme),
    ...(joins && {
      fix: {
        title: `Put \`${lexeme.image}\` on the line before`,
        changes: [
          { at: lexeme.startOffset, close: ` ${lexeme.image}` },
          { ...place(lexeme), text: "" },
        ],
      },
    }),
    ...(binding && {
      fix: { title: `Declare it: fn ${lexeme.image}()`, changes: [{ ...place(lexeme), text: `fn ${lexeme.image}()` }] },
    }),
  });
}
