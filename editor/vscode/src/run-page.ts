/** A run as HTML: which one, whether it is going on, and its curves. */
import { chart } from "./chart.ts";
import type { Measured, Run } from "./runs.ts";
import { ago, escaped } from "./text.ts";

/** Curves that people look at first, in this order; the others follow as they were written. */
const first = ["loss", "reward", "accuracy", "gradient_norm", "rate", "tokens_per_second"];

/** The page's body: the run that is shown, and those that may be chosen. */
export function runPage(run: Run | undefined, runs: readonly Run[], found: readonly Measured[], now = Date.now()): string {
  if (!run)
    return `<p class="quiet">No run yet. A recipe (<code>train</code>) makes one in <code>runs/</code>.</p><p><button data-command="neuro.train">Train</button></p>`;
  const choices = runs.map(
    (each) =>
      `<option value="${escaped(each.folder)}"${each.folder === run.folder ? " selected" : ""}>${escaped(`${each.recipe} ${each.id}`)}${each.live ? ", running" : ""}</option>`,
  );
  const state = run.live ? `<span class="live">running</span>` : `<span class="quiet">changed ${ago(now - run.changed)}</span>`;
  const parts = found.map(({ title, curves }) => {
    const place = ({ name }: { name: string }) => (first.includes(name) ? first.indexOf(name) : first.length);
    const drawn = [...curves].sort((a, b) => place(a) - place(b)).map(chart);
    return `<h2>${escaped(title)}</h2><div class="charts">${drawn.join("")}</div>`;
  });
  return [
    `<p><select data-choose="run">${choices.join("")}</select> ${state}</p>`,
    ...(parts.length === 0 ? [`<p class="quiet">Nothing was measured yet.</p>`] : parts),
    `<p><button data-command="neuro.openReport" data-of="${escaped(run.folder)}">Open the report</button></p>`,
  ].join("\n");
}
