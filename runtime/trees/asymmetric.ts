/**
 * Trees whose leaves ask different questions, said with symmetric ones, exactly: a part of a tree that asks up to eight questions in all is one symmetric
 * tree of them; a larger one is the sum of its two halves, each 0 where the other holds.
 */
import type { Feature, Forest, Missing, Split, Tree } from "./model.ts";

/** A node of any binary tree: a leaf, or a question (strictly above the border, as 32-bit floats) with a branch for each answer. */
export type Node =
  | { readonly value: number }
  | { readonly column: number; readonly border: number; readonly missing: Missing; readonly above: Node; readonly below: Node };

type Question = Exclude<Node, { readonly value: number }>;
type Pinned = { readonly question: string; readonly answer: boolean };

/** A part with so many questions or fewer becomes one tree: as many as scoring takes sixteen documents at a time. */
const together = 8;
/** A symmetric tree of more levels has too many leaves to keep. */
const mostDeep = 16;

const nameOf = ({ column, missing, border }: Question) => `${column} ${missing} ${border}`;

/** The forest that gives for all documents what the trees give; undefined where one asks more than 16 questions on the way to a leaf. */
export function symmetric(roots: readonly Node[], names: readonly string[], scale: number, bias: number): Forest | undefined {
  const questions = new Map<string, Question>();
  const parts: { asked: string[]; leaves: Float64Array }[] = [];
  for (const root of roots) {
    visit(root, (question) => questions.set(nameOf(question), question));
    if (!decomposed(root, [], parts)) return undefined;
  }
  const features = featuresOf([...questions.values()], names);
  const places = new Map<string, Split>();
  for (const [feature, { column, missing, borders }] of features.entries())
    for (const [border, value] of borders.entries()) places.set(`${column} ${missing} ${value}`, { feature, border });
  const trees = parts.map(({ asked, leaves }): Tree => ({ splits: asked.map((question) => places.get(question)!), leaves }));
  return { features, trees, scale, bias };
}

/** A feature for each column and side on which its missing values stand. */
function featuresOf(questions: readonly Question[], names: readonly string[]): Feature[] {
  const borders = new Map<string, { column: number; missing: Missing; all: Set<number> }>();
  for (const { column, missing, border } of questions) {
    const key = `${column} ${missing}`;
    if (!borders.has(key)) borders.set(key, { column, missing, all: new Set() });
    borders.get(key)!.all.add(border);
  }
  const found = [...borders.values()].sort((a, b) => a.column - b.column || (a.missing < b.missing ? 1 : -1));
  return found.map(({ column, missing, all }) => ({
    name: names[column] ?? "",
    column,
    borders: Float32Array.from(all).sort(),
    missing,
  }));
}

function visit(node: Node, each: (question: Question) => void): void {
  if ("value" in node) return;
  each(node);
  visit(node.above, each);
  visit(node.below, each);
}

/** Questions of a part, a level at a time from its root, each once: those of a tree that is symmetric stay in their order. */
function askedBy(node: Node): string[] {
  const found = new Set<string>();
  for (let level: Node[] = [node]; level.length > 0; ) {
    const inner = level.filter((one) => !("value" in one)) as Question[];
    for (const question of inner) found.add(nameOf(question));
    level = inner.flatMap(({ below, above }) => [below, above]);
  }
  return [...found];
}

function decomposed(node: Node, path: readonly Pinned[], parts: { asked: string[]; leaves: Float64Array }[]): boolean {
  const asked = [...new Set([...path.map(({ question }) => question), ...askedBy(node)])];
  if (asked.length <= together || "value" in node) {
    if (asked.length > mostDeep) return false;
    parts.push({ asked, leaves: leavesOf(node, path, asked) });
    return true;
  }
  return ([false, true] as const).every((answer) =>
    decomposed(answer ? node.above : node.below, [...path, { question: nameOf(node), answer }], parts),
  );
}

/** What the part gives for each set of answers: 0 where they do not lead to it. */
function leavesOf(node: Node, path: readonly Pinned[], asked: readonly string[]): Float64Array {
  const level = new Map(asked.map((question, at) => [question, at]));
  return Float64Array.from({ length: 2 ** asked.length }, (_, leaf) => {
    const answered = (question: string) => ((leaf >> level.get(question)!) & 1) === 1;
    if (path.some(({ question, answer }) => answered(question) !== answer)) return 0;
    let at = node;
    while (!("value" in at)) at = answered(nameOf(at)) ? at.above : at.below;
    return at.value;
  });
}
