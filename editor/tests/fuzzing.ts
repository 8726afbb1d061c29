/**
 * A session of random edits in a workspace of real specs: the service always knows what a fresh check finds. Every so often everything that it offers is
 * asked for, and what it offers as edits is made and checked.
 */
import { hostOf } from "../../compiler/tests/library.ts";
import { Service, type View } from "../service.ts";
import { applied, type Diagnostic } from "../words.ts";
import { editing, numbers } from "./edits.ts";
import { differenceFromFresh, faultsDiffer } from "./equal.ts";
import { answers, type Offer, offers } from "./offers.ts";
import { sources, type World, worldOf } from "./world.ts";

/** How many edits there are, and after how many of them, each time, faults and types are compared and everything is asked for. */
export interface Effort {
  readonly edits: number;
  readonly faults: number;
  readonly types: number;
  readonly offers: number;
}

/** What went wrong first, with the seed that shows it again; undefined when nothing did. */
export function fuzz(seed: number, effort: Effort): string | undefined {
  const draw = numbers(seed);
  const files: { [path: string]: string } = { ...worldOf(draw) };
  const service = new Service(hostOf(files));
  const edited = ["main.neuro", "own.neuro", "ranked.ts"];
  const editors = new Map(edited.map((path) => [path, editing(files[path]!, sources, draw, seed % 2 === 0)]));
  service.workspace(["main.neuro", "own.neuro"]);
  for (let step = 1; step <= effort.edits; step++) {
    const path = draw(8) > 0 ? "main.neuro" : draw(3) > 0 ? "own.neuro" : "ranked.ts";
    const text = editors.get(path)!();
    const wrong = said(() => after(service, files, path, text, step, effort, draw));
    if (wrong) return `seed ${seed}, edit ${step} of ${path}: ${wrong}`;
  }
  return undefined;
}

function after(
  service: Service,
  files: { [path: string]: string },
  path: string,
  text: string,
  step: number,
  effort: Effort,
  draw: (below: number) => number,
): string | undefined {
  files[path] = text;
  if (path.endsWith(".ts")) service.touched([path]);
  else service.open(path, text);
  const view = service.view("main.neuro");
  const wrong =
    step % effort.types === 0 ? differenceFromFresh(view) : step % effort.faults === 0 ? faultsDiffer(view) : undefined;
  if (wrong) return wrong;
  if (step % effort.offers > 0) return undefined;
  const offset = draw(view.text.length + 1);
  answers(service, view, offset);
  for (const offer of offers(service, view, offset, draw)) {
    const misfit = said(() => madeAndChecked(files, view, offer));
    if (misfit) return `${offer.what}: ${misfit}`;
  }
  return undefined;
}

/** Edits lie in their texts and do not overlap; the workspace with them can be checked, and is no worse. */
function madeAndChecked(files: World, view: View, { edits, fixes }: Offer): string | undefined {
  const made: { [path: string]: string } = { ...files };
  for (const path of new Set(edits.map(({ file }) => file))) {
    const own = edits.filter(({ file }) => file === path).sort((a, b) => a.start - b.start || a.end - b.end);
    const text = files[path];
    if (text === undefined) return `an edit of ${path}, which is not there`;
    for (const [at, { start, end }] of own.entries()) {
      if (start < 0 || start > end || end > text.length) return `an edit at ${start}..${end} of ${text.length}`;
      if ((own[at + 1]?.start ?? end) < end) return `edits overlap at ${end}`;
    }
    made[path] = applied(text, own);
  }
  const service = new Service(hostOf(made));
  const { diagnostics } = service.view("main.neuro").checked;
  const isWhole = view.service.parsed(view.path).diagnostics.length === 0;
  // In a text that was read to its end an edit breaks nothing, and a fix mends what it says; elsewhere one fault may hide another.
  if (!isWhole) return undefined;
  const [fault] = service.parsed("main.neuro").diagnostics;
  if (fault) return `a syntax error: ${fault.text}`;
  const same = (all: readonly Diagnostic[]) => all.filter(({ code, text }) => code === fixes?.code && text === fixes.text).length;
  return fixes && same(diagnostics) >= same(view.checked.diagnostics) ? `does not mend: ${fixes.text}` : undefined;
}

function said(work: () => string | undefined): string | undefined {
  try {
    return work();
  } catch (error) {
    return `throws ${(error as Error).stack}`;
  }
}
