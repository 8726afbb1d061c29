/** The plan of a spec as HTML: its stages as graphs, and what was built: programs, their kernels, what was fused into each and from which lines. */
import { type GraphStage, graph } from "./graph.ts";
import type { Plan, Program } from "./plan.ts";
import { ago, escaped, short } from "./text.ts";

/** A pipeline, recipe or reward. */
export interface Graph {
  readonly name: string;
  readonly word: string;
  readonly stages: readonly GraphStage[];
}

/** So many kernels of a program are listed. */
const mostKernels = 40;

/** The page's body. `uri` is the spec's, `spec` its name for people. */
export function planPage(spec: string, uri: string, graphs: readonly Graph[], plan: Plan | undefined, now = Date.now()): string {
  const drawn = graphs.map(
    ({ name, word, stages }) =>
      `<h2>${escaped(word)} ${escaped(name)}</h2><div class="scroll">${stages.length > 0 ? graph(stages, uri) : `<p class="quiet">nothing yet</p>`}</div>`,
  );
  return [
    `<h1>${escaped(spec)}</h1>`,
    ...(graphs.length === 0 ? [`<p class="quiet">This spec declares no pipeline, recipe or reward.</p>`] : drawn),
    plan
      ? built(plan, now)
      : `<h2>Build</h2><p class="quiet">Not built yet: a build says what each program moves and computes, and what was fused.</p>`,
    `<p><button data-command="neuro.build">Build</button></p>`,
  ].join("\n");
}

function built(plan: Plan, now: number): string {
  const models = plan.models.map(
    ({ name, architecture, weights }) => `<p><b>${escaped(name)}</b>: ${escaped(architecture)}, ${short(weights)} weights</p>`,
  );
  return [
    `<h2>Build</h2><p class="quiet">made ${ago(now - plan.made)} by neuroc ${escaped(plan.version)}; sizes of symbols are 64</p>`,
    ...models,
    ...(plan.programs.length === 0 ? [`<p class="quiet">It has no tensor programs: nothing in the spec needs weights.</p>`] : []),
    ...plan.programs.map(program),
  ].join("\n");
}

function program({ name, symbols, dispatches, bytes, flops, kernels }: Program): string {
  const shown = kernels.slice(0, mostKernels);
  const rows = shown.map(
    (kernel) =>
      `<tr><td><a data-open="${escaped(kernel.file)}">${escaped(kernel.name)}</a></td><td class="number">${kernel.times}</td>` +
      `<td class="number">${short(kernel.bytes)}B</td><td class="number">${short(kernel.flops)}</td>` +
      `<td class="fused">${escaped(kernel.fused.join(" "))}</td><td>${kernel.from.slice(0, 3).map(line).join(" ")}${kernel.from.length > 3 ? " …" : ""}</td></tr>`,
  );
  const left = kernels.length - shown.length;
  return (
    `<details id="${escaped(name)}"><summary><b>${escaped(name)}</b> <span class="quiet">${dispatches} dispatches of ${kernels.length} kernels, ${short(bytes)}B moved, ${short(flops)}FLOP</span></summary>` +
    `<p class="quiet">symbols: ${escaped(symbols.join(", ") || "none")}</p><div class="scroll"><table><tr><th>kernel</th><th class="number">times</th><th class="number">moves</th><th class="number">FLOP</th><th>fused</th><th>from</th></tr>${rows.join("")}</table></div>` +
    `${left > 0 ? `<p class="quiet">and ${left} lighter ones</p>` : ""}</details>`
  );
}

/** `std/models.neuro:49` as a link; the workbench finds the file by the compiler's name. */
function line(where: string): string {
  const [, file, at] = /^(.+):(\d+)$/.exec(where) ?? [where, where, "1"];
  return `<a data-open="${escaped(file!)}" data-line="${Number(at) - 1}">${escaped(where)}</a>`;
}
