/**
 * The words and signs of the language, once: the scanner, the parser, the highlighter and the railroad page all read these tables.
 * A kind is a word only where the grammar expects it, so every kind is also a `Name`; any word at all is a `Word`.
 */
import { createToken, Lexer, type TokenType } from "chevrotain";

/** Reserved everywhere, except as a label before `:` and after `.`. */
export const reserved = [
  "and",
  "or",
  "not",
  "in",
  "if",
  "then",
  "else",
  "true",
  "false",
  "for",
  "repeat",
  "until",
  "over",
  "where",
  "weight",
  "minimize",
  "maximize",
] as const;

/** Words that open a declaration with parameters and a body. */
export const callableKinds = ["fn", "layer", "objective", "pipeline", "reward", "train", "stage"] as const;
/** Words that open a declaration made of fields or one value. */
export const settingKinds = [
  "tokenizer",
  "source",
  "index",
  "dataset",
  "trees",
  "decoding",
  "quantization",
  "eval",
  "serve",
] as const;
/** The remaining words that may open a declaration. */
export const otherKinds = ["use", "type", "model", "extern"] as const;
/** Words that mean something in one place each. */
export const particles = ["live", "of", "from", "as"] as const;

export const kinds = [...otherKinds, ...callableKinds, ...settingKinds] as const;

/** Signs by the name of their token; the scanner takes the longest that fits. */
export const signs = {
  Arrow: "->",
  Equal: "==",
  Unequal: "!=",
  AtMost: "<=",
  AtLeast: ">=",
  Dots: "..",
  Less: "<",
  More: ">",
  Is: "=",
  Plus: "+",
  Minus: "-",
  Star: "*",
  Slash: "/",
  Caret: "^",
  Percent: "%",
  Bar: "|",
  Comma: ",",
  Colon: ":",
  Dot: ".",
  OpenParen: "(",
  CloseParen: ")",
  OpenSquare: "[",
  CloseSquare: "]",
  OpenBrace: "{",
  CloseBrace: "}",
} as const;
export type SignName = keyof typeof signs;

/** Signs and words that stand between two operands; `operators.ts` says how tightly each binds. */
const operators: ReadonlySet<string> = new Set("or and == != < <= > >= in .. + - * / ^".split(" "));

/** What a number looks like, without its sign, `%` and unit. */
export const numberPattern = String.raw`\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?`;
/** What an identifier looks like; marks are let in because NFC needs them. */
export const namePattern = String.raw`[\p{L}_][\p{L}\p{M}\p{Nd}_]*`;
/** What may follow a backslash in a string. */
export const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", '"': '"', "\\": "\\", "{": "{" };

const abstract = (name: string, ...categories: TokenType[]) => createToken({ name, pattern: Lexer.NA, categories });
const plain = (name: string, label: string, ...categories: TokenType[]) =>
  createToken({ name, label, pattern: Lexer.NA, categories });

/** Any word, reserved ones too: labels and what follows a dot. */
export const Word = abstract("Word");
/** Any word that is not reserved. */
export const Name = abstract("Name", Word);
/** What stands between two operands. */
export const Operator = abstract("Operator");
export const Identifier = plain("Identifier", "a name", Name);
/** A plain word on the line of the number or type before it. */
export const Unit = plain("Unit", "a unit", Word);
export const NumberToken = plain("Number", "a number");
/** A string without holes. */
export const String_ = plain("String", "a text");
/** `"abc{`, `}def{` and `}ghi"` of a string with holes. */
export const TextOpen = plain("TextOpen", "a text");
export const TextMiddle = plain("TextMiddle", "the rest of the text");
export const TextClose = plain("TextClose", "the end of the text");
/** What the layout rule leaves of line ends. */
export const NewLine = plain("NL", "the end of the line");
/** `<` and `>` around the arguments of a type. */
export const OpenAngle = plain("OpenAngle", "`<`");
export const CloseAngle = plain("CloseAngle", "`>`");

const byName = <K extends string>(names: readonly K[], make: (name: K) => TokenType) =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as { readonly [Key in K]: TokenType };

/** The token type of each reserved word, kind and particle. */
export const word = {
  ...byName(reserved, (text) => plain(`word ${text}`, `\`${text}\``, Word, ...(operators.has(text) ? [Operator] : []))),
  ...byName(kinds, (text) => plain(`word ${text}`, `\`${text}\``, Name)),
  ...byName(particles, (text) => plain(`word ${text}`, `\`${text}\``, Name)),
};
/** The token type of each sign. */
export const sign = byName(Object.keys(signs) as SignName[], (name) =>
  plain(name, `\`${signs[name]}\``, ...(operators.has(signs[name]) ? [Operator] : [])),
);

/** Looks a word up; anything else is an `Identifier`. */
export const wordTypes: ReadonlyMap<string, TokenType> = new Map(Object.entries(word));

const kindTypes = new Set(kinds.map((kind) => word[kind]));
const reservedTypes = new Set<TokenType>(reserved.map((text) => word[text]));
/** Whether a declaration may begin with this token. */
export const opensDeclaration = (type: TokenType) => kindTypes.has(type);
const statementTypes = new Set<TokenType>([
  ...[word.weight, word.minimize, word.maximize, word.repeat, word.if, word.for, word.not, word.true, word.false],
  ...[Identifier, NumberToken, String_, TextOpen, sign.Minus, sign.OpenParen, sign.OpenSquare, sign.OpenBrace],
  ...[...kinds, ...particles].map((text) => word[text]),
]);
/** Whether a statement may begin with this token. */
export const opensStatement = (type: TokenType) => statementTypes.has(type);
const expressionTypes = new Set<TokenType>(
  [...statementTypes].filter((type) => ![word.weight, word.minimize, word.maximize, word.repeat].includes(type)),
);
/** Whether an expression may begin with this token. */
export const opensExpression = (type: TokenType) => expressionTypes.has(type);
const loose = new Set<TokenType>([word.if, word.for, word.not, sign.Minus]);
/** Whether an operand may: an expression without an operator before it. */
export const opensPrimary = (type: TokenType) => expressionTypes.has(type) && !loose.has(type);
const typeTypes = new Set<TokenType>([
  Identifier,
  sign.OpenSquare,
  sign.OpenBrace,
  ...[...kinds, ...particles].map((text) => word[text]),
]);
/** Whether a type may begin with this token. */
export const opensType = (type: TokenType) => typeTypes.has(type);

const wordSet = new Set<TokenType>([Identifier, Unit, ...wordTypes.values()]);
/** Whether this is a word of any sort, as may stand after a dot. */
export const isWord = (type: TokenType) => wordSet.has(type);

const opening = new Set<TokenType>([sign.OpenParen, sign.OpenSquare, sign.OpenBrace, TextOpen]);
const closing = new Set<TokenType>([sign.CloseParen, sign.CloseSquare, sign.CloseBrace, TextClose]);
export const opensBracket = (type: TokenType) => opening.has(type);
export const closesBracket = (type: TokenType) => closing.has(type);
export const isReserved = (type: TokenType) => reservedTypes.has(type);

/** All token types, for the parser. */
export const vocabulary: TokenType[] = [
  Word,
  Name,
  Operator,
  Identifier,
  Unit,
  NumberToken,
  String_,
  TextOpen,
  TextMiddle,
  TextClose,
  NewLine,
  OpenAngle,
  CloseAngle,
  ...wordTypes.values(),
  ...Object.values(sign),
];
