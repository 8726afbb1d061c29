/**
 * People who are shown two answers and asked about one aspect: five each time, who know the truth and now and then look away. What they judge are a
 * model's own answers, and beside them what such answers are to be told from: the right one, the admission of ignorance, a sentence of the page, the
 * right fact with a wrong footnote or with none, and what else the blocks say.
 */
import { footnotesOf, normalise } from "../marks.ts";
import { type Random, random } from "./random.ts";
import { type Document, unknown } from "./rows.ts";

/** An answer to a question whose expected answer is known. */
export interface Answered {
  readonly prompt: readonly { readonly content: string }[];
  readonly documents: readonly Shown[];
  readonly expected: string;
  readonly answer: { readonly text: string };
}
type Shown = Pick<Document, "title" | "text"> & Partial<Document>;
/** As a step of a recipe gives it: TypeScript does not know that its rows keep what they had. */
type Told = Omit<Answered, "expected"> & Partial<Answered>;

/** A row of the language's `Judged<Aspect>`: `p` is the share of people who preferred the left answer. */
export interface Judgment {
  readonly prompt: string;
  readonly documents: readonly Shown[];
  readonly left: string;
  readonly right: string;
  readonly aspect: Aspect;
  readonly p: number;
}
type Aspect = "main" | "usefulness" | "confirmation";

const aspects: readonly Aspect[] = ["main", "usefulness", "confirmation"];
const people = 5;
/** How often a person looks away and decides by chance. */
const careless = 0.05;

/** For each question `each` judgments of two answers to it; a model's answers to one question stand together. */
export async function* judgments(
  rows: AsyncIterable<Told> | Iterable<Told>,
  { each, seed }: { each: number; seed: number },
): AsyncGenerator<Judgment> {
  let place = 0;
  for await (const group of byQuestion(rows)) {
    const rng = random(`${seed}/judged/${place++}`);
    const own = [...new Set(group.map(({ answer }) => answer.text))];
    const others = foils(rng, group[0]!).filter((text) => !own.includes(text));
    for (let i = 0; i < each; i++) yield judged(rng, group[0]!, own, others);
  }
}

function judged(rng: Random, row: Answered, own: readonly string[], others: readonly string[]): Judgment {
  const left = rng.pick(own);
  const rest = [...own, ...others].filter((text) => text !== left);
  const [a, b] = rng.shuffle([left, rng.pick(rest)]) as [string, string];
  const aspect = rng.pick(aspects);
  const prefers = 1 / (1 + Math.exp(-2.5 * (worth(a, row)[aspect] - worth(b, row)[aspect])));
  let votes = 0;
  for (let i = 0; i < people; i++) votes += rng.chance(rng.chance(careless) ? 0.5 : prefers) ? 1 : 0;
  const { prompt, documents } = row;
  return { prompt: prompt.at(-1)!.content, documents, left: a, right: b, aspect, p: votes / people };
}

/** How good an answer is in each aspect, from 0 to 2. */
function worth(text: string, { expected, documents }: Answered): Record<Aspect, number> {
  const cited = footnotesOf(text);
  const gold = footnotesOf(expected);
  const bears = cited.length > 0 && cited.every((n) => gold.includes(n));
  const [said, fact] = [normalise(text), normalise(expected)];
  const copied = documents.some((document) => document.text.toLowerCase().includes(said));
  const both = (usefulness: number, confirmation: number) => ({
    main: 0.7 * usefulness + 0.3 * confirmation,
    usefulness,
    confirmation,
  });
  if (said === fact) return gold.length === 0 ? both(2, 1.5) : bears ? both(2, 2) : both(1.6, cited.length > 0 ? 0 : 0.6);
  if (admissions.includes(said)) return both(1, 1);
  if (gold.length > 0 && copied && said.includes(fact)) return both(1.7, bears ? 1.8 : 0.3);
  return both(0, copied && cited.length > 0 ? 0.4 : 0);
}
const admissions = Object.values(unknown).map(normalise);

/** Answers that nobody gave, some better and some worse. */
function foils(rng: Random, { prompt, documents, expected }: Answered): string[] {
  const language = /\p{Script=Cyrillic}/u.test(prompt.at(-1)!.content) ? "ru" : "en";
  const gold = footnotesOf(expected)[0];
  const at = rng.int(1, documents.length);
  const wrong = `${rng.pick(piecesOf(documents[at - 1]!))} [${at}]`;
  if (gold === undefined) return [unknown[language], wrong];
  const fact = expected.replace(/\s*\[\d+\]$/u, "");
  const said = sentences(documents[gold - 1]!.text).find((one) => one.includes(fact));
  return [expected, unknown[language], fact, `${fact} [${at}]`, wrong, ...(said ? [`${said} [${gold}]`] : [])];
}

const sentences = (text: string): string[] => text.split(/(?<=[.!?])\s+/u).filter((one) => one !== "");

/** What can be copied from a block: its sentences, and how they end. */
function piecesOf({ text, title }: Shown): string[] {
  const ends = sentences(text).flatMap((one) => {
    const words = one.replace(/[.!?]+$/u, "").split(/\s+/u);
    return words.length > 3 ? [words.slice(-1).join(" "), words.slice(-2).join(" ")] : [];
  });
  return ends.length > 0 ? [...ends, ...sentences(text).slice(0, 2)] : [title];
}

async function* byQuestion(rows: AsyncIterable<Told> | Iterable<Told>): AsyncGenerator<Answered[]> {
  let group: Answered[] = [];
  for await (const row of rows) {
    const [first] = group;
    if (first && (first.prompt.at(-1)!.content !== row.prompt.at(-1)!.content || first.expected !== row.expected)) {
      yield group;
      group = [];
    }
    group.push({ ...row, expected: row.expected ?? "" });
  }
  if (group.length > 0) yield group;
}
