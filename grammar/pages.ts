/** What `neuroc explain` says about the codes of syntax: why, a text that breaks the rule, and one that keeps it. A test runs both. */

export type SyntaxPage = {
  readonly code: string;
  readonly title: string;
  readonly page: string;
  /** Empty where no short text shows it. */
  readonly wrong: string;
  readonly right: string;
};

const layoutPage =
  "A line end ends an item, except inside round and square brackets, after an operator, a comma, a colon or an opening bracket, and before a line that begins with an operator, `then`, `else`, `until`, `->` or `.`.";

/** One page per code that parsing alone can report, except those that the checker documents. */
export const syntaxPages: readonly SyntaxPage[] = [
  {
    code: "syntax",
    title: "This cannot be read",
    page: `What stands here is not what the grammar expects; the message names what would fit. ${layoutPage} The grammar is drawn in grammar/generated/railroad.html.`,
    wrong: "fn worth(x: Float) = if x > 1 then 2\n",
    right: "fn worth(x: Float) = if x > 1 then 2 else x\n",
  },
  {
    code: "expected_declaration",
    title: "Expected a declaration",
    page: `A file is a list of declarations: a kind, a name, and what it is. Bindings and expressions stand in the bodies of declarations. ${layoutPage}`,
    wrong: "best = 10\n",
    right: "fn best() = 10\n",
  },
  {
    code: "unclosed_bracket",
    title: "A bracket is not closed",
    page: "Every opening bracket has its partner. What was missing is noticed at the partner of an outer bracket, at a declaration that begins at the margin, or at the end of the file; the message shows the bracket that was left open.",
    wrong: "fn twice(x: Float) = (x + x\n",
    right: "fn twice(x: Float) = (x + x)\n",
  },
  {
    code: "wrong_bracket",
    title: "Brackets do not pair",
    page: "A round bracket is closed by a round one, a square one by a square one, a brace by a brace.",
    wrong: "fn pair(x: Float) = [x, x)\n",
    right: "fn pair(x: Float) = [x, x]\n",
  },
  {
    code: "unopened_bracket",
    title: "A bracket closes nothing",
    page: "A closing bracket stands where no bracket is open.",
    wrong: "fn same(x: Float) = x)\n",
    right: "fn same(x: Float) = x\n",
  },
  {
    code: "unterminated_text",
    title: "This text is not closed",
    page: 'A text in double quotes ends on the line where it began. A text of several lines stands between `"""`; it loses the indentation of its closing line.',
    wrong: 'fn name() = "library\n',
    right: 'fn name() = "library"\n',
  },
  {
    code: "unknown_escape",
    title: "Unknown escape",
    page: 'A backslash in a text introduces one of \\n, \\t, \\", \\\\ and \\{; the last writes a brace, which otherwise begins an expression.',
    wrong: 'fn path() = "a\\b"\n',
    right: 'fn path() = "a\\\\b"\n',
  },
  {
    code: "unknown_character",
    title: "Unknown character",
    page: "Outside of texts and comments the language consists of letters, digits, `_` and the signs of its operators and brackets. Word processors put in curly quotes and long dashes; other languages end lines with semicolons.",
    wrong: "fn one() = 1;\n",
    right: "fn one() = 1\n",
  },
  {
    code: "block_comment",
    title: "There are no block comments",
    page: "A comment runs from `//` to the end of its line, so that each line shows whether it counts. `///` documents what follows.",
    wrong: "/* one */ fn one() = 1\n",
    right: "// one\nfn one() = 1\n",
  },
  {
    code: "too_deep",
    title: "This is nested too deeply",
    page: "Brackets, choices, powers and long chains may nest far deeper than people write, but not without bound: whoever reads the tree relies on it. Give inner parts names of their own.",
    wrong: "",
    right: "",
  },
  {
    code: "too_large",
    title: "This file is too large",
    page: "A file of more than a million words and signs is read up to there. Split it into several files joined by `use`.",
    wrong: "",
    right: "",
  },
  {
    code: "not_text",
    title: "This is not a text file",
    page: "A spec is UTF-8 text; a zero byte says that the file is something else.",
    wrong: "",
    right: "",
  },
];
