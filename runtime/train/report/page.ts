/** A run's report as one page that opens without a server or a network: everything it shows stands in it. */
import type { Origin } from "../../weights/lineage.ts";
import { chart, colours, escaped, figure } from "./chart.ts";
import type { Curve, FitCurves, Gathered } from "./gathered.ts";
import { tablesOf } from "./told.ts";

const style = `
:root { color-scheme: light dark; ${colours.map((c, i) => `--c${i}: ${c};`).join(" ")} --line: color-mix(in srgb, currentColor 15%, transparent) }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin-bottom: 0 } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem }
.quiet, .tick { opacity: .65 } .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(400px, 1fr)); gap: 1rem }
figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; padding: .6rem } figcaption { font-weight: 600 }
svg { width: 100%; height: auto } .tick { font-size: 10px; fill: currentColor } .grid { stroke: var(--line) }
.curve polyline { fill: none; stroke: var(--c); stroke-width: 1.6 } .curve circle { fill: var(--c) } .curve.long circle { fill-opacity: 0 } .curve.long circle:hover { fill-opacity: 1 }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0; padding: 0; font-size: 13px } .legend li::before { content: ""; display: inline-block; width: .8em; height: .8em; border-radius: 2px; background: var(--c); margin-right: .4em }
table { border-collapse: collapse; width: 100%; font-size: 14px } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top } td.n { font-variant-numeric: tabular-nums }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.2rem; border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; margin-bottom: .8rem } .pair h3 { grid-column: 1 / -1; font-size: 14px; margin: 0 0 .3rem } .pair h4 { font-size: 12px; margin: 0; opacity: .65 } .pair p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
.wide { overflow-x: auto } code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere } .bad { color: #c0392b; font-weight: 600 }
`;

/** The page of a run. */
export function page(run: Gathered): string {
  const title = `${run.name} ${run.id}`;
  const state =
    run.ended === undefined
      ? "not ended"
      : run.ended === "done"
        ? "done"
        : `<span class="bad">${escaped(run.ended)}</span> ${escaped(run.message ?? "")}`;
  const parts = [
    `<h1>${escaped(run.name)} <span class="quiet">${escaped(run.id)}</span></h1><p class="quiet">seed ${escaped(JSON.stringify(run.seed ?? 0))}, began ${escaped(run.began)}, ${state}</p>`,
    charts("What the recipe plots", plotted(run.plots)),
    table("Ended by their guards", [
      ["fit", "why", "stopped after step", "weights of step", "spec"],
      ...run.stopped.map(({ label, why, step, kept, where }) => [
        escaped(label),
        `<span class="bad">${escaped(why)}</span>`,
        `${step}`,
        `${kept}`,
        escaped(where),
      ]),
    ]),
    ...tablesOf(run.reports).map(({ title, rows }) => table(title, rows)),
    table("Measured on held-out rows", measured(run.measured)),
    charts("Rewards and samples", sampled(run)),
    ...run.fits.map((fit) => charts(`Fit: ${fit.label}`, fitted(fit))),
    samples(run.pairs),
    table("What steps told", [["step", "note"], ...run.notes.map(({ step, text }) => [step, text].map(escaped))]),
    table("Steps", [
      ["step", "spec", "took"],
      ...run.steps.map(({ label, where, took, from }) => [label, where, from === "" ? took : `in run ${from}`].map(escaped)),
    ]),
    ...run.lineages.map((one) => table(`Lineage of ${one.model}`, lineage(one.origins))),
  ];
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head>\n<body>\n${parts.filter((part) => part !== "").join("\n")}\n</body></html>\n`;
}

const charts = (title: string, pictures: readonly (string | undefined)[]): string => {
  const drawn = pictures.filter((picture) => picture !== undefined);
  return drawn.length === 0 ? "" : `<h2>${escaped(title)}</h2>\n<div class="charts">${drawn.join("\n")}</div>`;
};

/** A table of rows that are markup already; the first is its head. A table without rows is not there. */
const table = (title: string, [head, ...rows]: readonly (readonly string[])[]): string => {
  if (head === undefined || rows.length === 0) return "";
  const cell = (text: string): string =>
    /^-?[\d.]+(e[+-]?\d+)?$/.test(text) ? `<td class="n">${text}</td>` : `<td>${text}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n");
  return `<h2>${escaped(title)}</h2>\n<div class="wide"><table><tr>${head.map((name) => `<th>${escaped(name)}</th>`).join("")}</tr>\n${body}</table></div>`;
};

/** Curves of like size share a picture, so that three curves of one reward are seen together. */
function plotted(curves: readonly Curve[]): (string | undefined)[] {
  const groups: Curve[][] = [];
  const reach = ({ points }: Curve): number => Math.max(...points.map(([, y]) => Math.abs(y)), 1e-12);
  for (const curve of curves) {
    const fits = groups.find(
      (group) => group.length < colours.length && Math.abs(Math.log10(reach(group[0]!) / reach(curve))) < 0.5,
    );
    if (fits) fits.push(curve);
    else groups.push([curve]);
  }
  return groups.map((group) => chart(group.map(({ name }) => name).join(", "), group, "round"));
}

/** The names that a fit's own numbers are known by, in the order in which people look for them; whatever else it measured follows. */
const order = ["loss", "gradient_norm", "rate", "tokens_per_second"];

function fitted({ curves }: FitCurves): (string | undefined)[] {
  const place = (name: string): number => (name === "loss" ? 0 : order.includes(name) ? 100 + order.indexOf(name) : 1);
  return [...curves]
    .sort((a, b) => place(a.name) - place(b.name))
    .map((curve) =>
      chart(
        curve.name.replaceAll("_", " ").replace(/^guard\./, "guard: "),
        curve.name === "loss" ? [curve, smooth(curve)] : [curve],
        "step",
      ),
    );
}

/** A moving average with the memory of a twentieth of the curve. */
function smooth({ points }: Curve): Curve {
  const keep = 1 - 1 / Math.max(1, points.length / 20);
  let [sum, weight] = [0, 0];
  return {
    name: "smoothed",
    points: points.map(([x, y]) => {
      sum = keep * sum + (1 - keep) * y;
      weight = keep * weight + (1 - keep);
      return [x, weight > 0 ? sum / weight : y] as const;
    }),
  };
}

/** Each number that rows were given, over the steps that made rows, those of one kind together. */
function sampled(run: Gathered): (string | undefined)[] {
  const names = [...new Set(run.rows.flatMap(({ means }) => Object.keys(means)))].filter((name) => name !== "total");
  const kinds = [...new Set(run.rows.map(({ label }) => label))];
  return names.map((name) => {
    const curves = kinds.map((kind) => ({
      name: kind,
      points: run.rows
        .filter(({ label, means }) => label === kind && means[name] !== undefined)
        .map(({ means }, i) => [i + 1, means[name]!] as const),
    }));
    return chart(name, curves, "time");
  });
}

/** A row for each `evaluate`, a column for each number that some of them measured. */
function measured(all: Gathered["measured"]): string[][] {
  const names = [...new Set(all.flatMap(({ metrics }) => Object.keys(metrics)))];
  return [
    ["", "rows", ...names, "spec"],
    ...all.map(({ label, where, rows, metrics }) => [
      escaped(label),
      `${rows}`,
      ...names.map((name) => (metrics[name] === undefined ? "" : figure(metrics[name]))),
      escaped(where),
    ]),
  ];
}

/** Answers before and after, side by side, with what they earned. */
function samples(pairs: Gathered["pairs"]): string {
  if (pairs.length === 0) return "";
  const earned = (reward: number | undefined): string =>
    reward === undefined ? "" : ` <span class="quiet">${figure(reward)}</span>`;
  const each = pairs.map(
    ({ prompt, before, after, rewards }) =>
      `<section class="pair"><h3>${escaped(prompt)}</h3><div><h4>before${earned(rewards?.[0])}</h4><p>${escaped(before)}</p></div><div><h4>after${earned(rewards?.[1])}</h4><p>${escaped(after)}</p></div></section>`,
  );
  return `<h2>Samples before and after</h2>\n${each.join("\n")}`;
}

const said = (value: unknown): string =>
  value === undefined
    ? ""
    : typeof value === "number"
      ? figure(value)
      : escaped(typeof value === "string" ? value : JSON.stringify(value));

function lineage(origins: readonly Origin[]): string[][] {
  const short = (hash: string): string => `<code>${escaped(hash.slice(0, 12))}</code>`;
  return [
    ["operation", "from", "gives", "settings", "data", "ended with"],
    ...origins.map(({ operation, parents, weights, settings, data, metrics }) => [
      escaped(operation),
      parents.map(short).join(" "),
      short(weights),
      listed(settings),
      Object.entries(data)
        .map(([name, hash]) => `${escaped(name)} ${short(hash)}`)
        .join(", "),
      listed(metrics),
    ]),
  ];
}

const listed = (record: Readonly<Record<string, unknown>>): string =>
  Object.entries(record)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${escaped(name)} ${said(value)}`)
    .join(", ");
