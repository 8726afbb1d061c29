/**
 * Labels in a state that several machines share: what is asked and what was said on one of them is found in the files of all, and may be answered in the state as well, by
 * writing `p` and `annotator` of a row of `neuro.labels` that has `answer = false`. Nothing that anybody said is ever taken away. It knows no ranks and no models.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readText, writeAtomically } from "../files.ts";
import type { State } from "../state/state.ts";
import { labelName } from "./pair.ts";
import { type Line, linesOf } from "./queue.ts";

/** Which labels: those of a spec by its name, in the files below its folder. */
export type LabelsPlace = { readonly system: string; readonly root: string };
/** Lines that came from the state, and lines that it got. */
export type Shared = { readonly got: number; readonly given: number };

type Row = {
  readonly label: string;
  readonly asked: string;
  readonly line: string;
  readonly answer: boolean;
  readonly p: number | null;
  readonly annotator: string | null;
};

/** Brings the files and the state to the same labels. Throws `state_lost`, `cannot_write`, and what reading rows throws. */
export async function shareLabels(state: State, place: LabelsPlace): Promise<Shared> {
  const there = await state.query<{ name: string }>("select distinct name from neuro.labels where system = $1", [place.system]);
  const names = new Set([...there.map(({ name }) => name), ...setsOf(join(place.root, "labels"))]);
  let [got, given] = [0, 0];
  for (const name of [...names].sort()) {
    const one = await shareSet(state, place, name);
    got += one.got;
    given += one.given;
  }
  return { got, given };
}

/** The names of the sets that have files. */
function setsOf(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => /^(.+?)(?:\.todo)?\.jsonl$/.exec(file)?.[1] ?? []);
  } catch {
    return [];
  }
}

async function shareSet(state: State, { system, root }: LabelsPlace, name: string): Promise<Shared> {
  const [todo, said] = [join(root, "labels", `${name}.todo.jsonl`), join(root, "labels", `${name}.jsonl`)];
  const [waiting, answered] = [await linesOf(todo), await linesOf(said)];
  const given = await tell(state, [system, name], waiting, answered);
  const rows = await state.query<Row>(
    "select label, asked, line, answer, p, annotator from neuro.labels where system = $1 and name = $2 order by made, label",
    [system, name],
  );
  const answers = rows.filter(({ answer }) => answer);
  const known = new Set(answered.map((line) => labelOf(line)));
  const more = answers.filter(({ label }) => !known.has(label)).map(({ line }) => line);
  if (more.length > 0)
    writeAtomically(said, `${ended(answered.length > 0 ? readText(said) : "")}${more.map((line) => `${line}\n`).join("")}`);
  const open = stillOpen(waiting, rows);
  if (open !== undefined) writeAtomically(todo, open.map((line) => `${line}\n`).join(""));
  const local = new Set(waiting.map(askedOf));
  return {
    got: more.length + (open === undefined ? 0 : rows.filter((row) => !row.answer && !local.has(row.asked)).length),
    given,
  };
}

const ended = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/** What a line asks, and what an answered one says. */
const askedOf = ({ pair, value }: Line): string => `${pair} ${String(value.aspect)}`;
const labelOf = ({ row, value }: Line): string =>
  labelName({ ...row, aspect: value.aspect, p: value.p, annotator: value.annotator })!;
/** Who said what about which pair: an answer that came from a row of the state is known by it. */
const bySomebody = (asked: string, annotator: unknown): string => `${asked} ${String(annotator ?? "")}`;

/** Gives the state what it has not; how many lines. What waits and was answered meanwhile is asked no more. */
async function tell(
  state: State,
  set: readonly [string, string],
  waiting: readonly Line[],
  answered: readonly Line[],
): Promise<number> {
  const rows = [
    ...answered.filter(({ value }) => typeof value.p === "number").map((line) => ({ line, label: labelOf(line), answer: true })),
    ...waiting.map((line) => ({ line, label: askedOf(line), answer: false })),
  ];
  const written = await state.query(
    `insert into neuro.labels (system, name, label, asked, line, answer, annotator)
       select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[]) as n (label, asked, line, answer, annotator)
       where n.answer or not exists (select 1 from neuro.labels a where a.system = $1 and a.name = $2 and a.answer and a.asked = n.asked)
       on conflict do nothing returning 1`,
    [
      ...set,
      rows.map(({ label }) => label),
      rows.map(({ line }) => askedOf(line)),
      rows.map(({ line, answer }) => JSON.stringify(answer ? line.value : { ...line.value, p: null, annotator: null })),
      rows.map(({ answer }) => answer),
      rows.map(({ line, answer }) => (answer ? (line.value.annotator ?? null) : null)),
    ],
  );
  await state.query(
    `delete from neuro.labels w where w.system = $1 and w.name = $2 and not w.answer and exists (
       select 1 from neuro.labels a where a.system = w.system and a.name = w.name and a.answer and a.asked = w.asked
         and (w.p is null or coalesce(a.annotator, '') = coalesce(w.annotator, '')))`,
    set,
  );
  return written.length;
}

/** The lines that wait, with what was said of them in the state and without those that were answered elsewhere; undefined where the file has them already. */
function stillOpen(waiting: readonly Line[], rows: readonly Row[]): string[] | undefined {
  const answers = rows.filter(({ answer }) => answer);
  const answered = new Set(answers.map(({ asked }) => asked));
  const said = new Set(answers.map(({ asked, annotator }) => bySomebody(asked, annotator)));
  const open = new Map(rows.filter((row) => !row.answer).map((row) => [row.asked, row]));
  const filled = ({ value }: Line) => value.p !== null && value.p !== undefined;
  const withSaid = ({ asked, line, p, annotator }: Row): string =>
    p === null || said.has(bySomebody(asked, annotator)) ? line : JSON.stringify({ ...JSON.parse(line), p, annotator });
  const here = new Set(waiting.map(askedOf));
  const kept = waiting.flatMap((line) => {
    const row = open.get(askedOf(line));
    if (filled(line)) return [JSON.stringify(line.value)];
    if (row?.p != null) return [withSaid(row)];
    return answered.has(askedOf(line)) ? [] : [JSON.stringify(line.value)];
  });
  const all = [...kept, ...[...open.values()].filter(({ asked }) => !here.has(asked)).map(withSaid)];
  const same = all.length === waiting.length && waiting.every(({ value }, i) => JSON.stringify(value) === all[i]);
  return same ? undefined : all;
}
