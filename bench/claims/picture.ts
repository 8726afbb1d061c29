/** Panels of lines with their intervals, points or bars, as one SVG that any page can show. */
import { colours, escaped, figure, ticks } from "../../runtime/train/report/chart.ts";
import type { Estimate } from "./claim.ts";

/** Numbers over a place. `dots` leaves the line out: a cloud; `joined` marks the points of a line, such as a front. */
export type Series = {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number | Estimate }[];
  readonly look?: "line" | "dots" | "joined";
};

/** One plot: series over `x`, or bars. `levels` are lines across, such as an optimum. */
export type Panel = {
  readonly title: string;
  /** What the y axis counts. */
  readonly y: string;
  /** The y axis holds these at least. */
  readonly span?: readonly [low: number, high: number];
  readonly levels?: readonly { readonly name: string; readonly at: number }[];
} & (
  | { readonly x: string; readonly series: readonly Series[] }
  | { readonly bars: readonly { readonly name: string; readonly value: Estimate; readonly colour?: number }[] }
);

const size = { width: 440, height: 300 };
const inner = { left: 58, right: 16, top: 34, bottom: 44 };
const low = (y: number | Estimate): number => (typeof y === "number" ? y : y.low);
const high = (y: number | Estimate): number => (typeof y === "number" ? y : y.high);
const mean = (y: number | Estimate): number => (typeof y === "number" ? y : y.mean);

/** The panels side by side, two in a row, on white. */
export function picture(panels: readonly Panel[]): string {
  const across = Math.min(2, panels.length);
  const drawn = panels.map(
    (panel, i) =>
      `<g transform="translate(${(i % across) * size.width} ${Math.floor(i / across) * tall(panels)})">${drawnPanel(panel)}</g>`,
  );
  const [width, height] = [across * size.width, Math.ceil(panels.length / across) * tall(panels)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222"><title>${escaped(panels.map(({ title }) => title).join("; "))}</title><rect width="100%" height="100%" fill="#fff"/>${drawn.join("")}</svg>\n`;
}

/** The height of every panel: a line of legend for each pair of names. */
const tall = (panels: readonly Panel[]): number =>
  size.height + 18 * Math.max(0, ...panels.map((panel) => Math.ceil(namesOf(panel).length / 2)));

const namesOf = (panel: Panel): readonly string[] => ("series" in panel ? panel.series.map(({ name }) => name) : []);

function drawnPanel(panel: Panel): string {
  const values =
    "series" in panel ? panel.series.flatMap(({ points }) => points.map(({ y }) => y)) : panel.bars.map((bar) => bar.value);
  const bounds = [
    ...values.flatMap((y) => [low(y), high(y)]),
    ...(panel.span ?? []),
    ...(panel.levels ?? []).map(({ at }) => at),
  ];
  if ("bars" in panel) bounds.push(0);
  const [y0, y1] = widened(bounds.filter(Number.isFinite));
  const bottom = size.height - inner.bottom;
  const py = (y: number): number => round(bottom - ((y - y0) / (y1 - y0)) * (bottom - inner.top));
  const right = size.width - inner.right;
  const grid = ticks(y0, y1).map(
    (y) =>
      `<line x1="${inner.left}" x2="${right}" y1="${py(y)}" y2="${py(y)}" stroke="#e3e3e3"/><text x="${inner.left - 6}" y="${py(y) + 4}" text-anchor="end" fill="#666">${figure(y)}</text>`,
  );
  const levels = (panel.levels ?? []).map(
    ({ name, at }) =>
      `<line x1="${inner.left}" x2="${right}" y1="${py(at)}" y2="${py(at)}" stroke="#444" stroke-dasharray="5 4"/><text x="${right - 2}" y="${py(at) - 4}" text-anchor="end" fill="#444">${escaped(name)}</text>`,
  );
  const title = `<text x="${inner.left}" y="18" font-weight="bold">${escaped(panel.title)}</text>`;
  const across = `<text transform="translate(14 ${(bottom + inner.top) / 2}) rotate(-90)" text-anchor="middle" fill="#444">${escaped(panel.y)}</text>`;
  const body = "series" in panel ? lines(panel, py) : bars(panel.bars, py);
  return `${title}${grid.join("")}${across}${body}${levels.join("")}`;
}

function lines(panel: Extract<Panel, { series: readonly Series[] }>, py: (y: number) => number): string {
  const places = panel.series.flatMap(({ points }) => points.map(({ x }) => x));
  const [x0, x1] = widened(places, 0);
  const [bottom, right] = [size.height - inner.bottom, size.width - inner.right];
  const px = (x: number): number => round(inner.left + 6 + ((x - x0) / (x1 - x0)) * (right - inner.left - 12));
  const below = ticks(x0, x1, 6).map(
    (x) => `<text x="${px(x)}" y="${bottom + 16}" text-anchor="middle" fill="#666">${figure(x)}</text>`,
  );
  const drawn = panel.series.map(({ points, look = "line" }, i) => {
    const colour = colours[i % colours.length];
    const path = points.map(({ x, y }) => `${px(x)},${py(mean(y))}`).join(" ");
    const edge = [...points.map(({ x, y }) => [x, high(y)]), ...points.toReversed().map(({ x, y }) => [x, low(y)])];
    const band = points.some(({ y }) => typeof y !== "number" && y.count > 1)
      ? `<polygon points="${edge.map(([x, y]) => `${px(x!)},${py(y!)}`).join(" ")}" fill="${colour}" opacity="0.15"/>`
      : "";
    const dots = look === "line" && points.length > 25 ? [] : points.map(({ x, y }) => dot(px(x), py(mean(y)), colour!));
    const line = look === "dots" ? "" : `${band}<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    return `${line}${dots.join("")}`;
  });
  const named = panel.series.map(({ name }, i) => {
    const [x, y] = [inner.left + (i % 2) * 190, size.height + 6 + 18 * Math.floor(i / 2)];
    return `<rect x="${x}" y="${y - 9}" width="14" height="4" fill="${colours[i % colours.length]}"/><text x="${x + 20}" y="${y - 3}">${escaped(name)}</text>`;
  });
  const along = `<text x="${(right + inner.left) / 2}" y="${bottom + 32}" text-anchor="middle" fill="#444">${escaped(panel.x)}</text>`;
  return `${below.join("")}${along}${drawn.join("")}${named.join("")}`;
}

const dot = (x: number, y: number, colour: string): string => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`;

function bars(given: readonly { name: string; value: Estimate; colour?: number }[], py: (y: number) => number): string {
  const [right, bottom] = [size.width - inner.right, size.height - inner.bottom];
  const step = (right - inner.left) / given.length;
  const drawn = given.map(({ name, value, colour = 0 }, i) => {
    const [x, wide] = [round(inner.left + step * (i + 0.15)), round(step * 0.7)];
    const [from, to] = [py(Math.max(0, value.mean)), py(Math.min(0, value.mean))];
    const middle = round(x + wide / 2);
    const whisker =
      value.count > 1
        ? `<path d="M${middle} ${py(value.low)}V${py(value.high)}M${middle - 4} ${py(value.low)}h8M${middle - 4} ${py(value.high)}h8" stroke="#222" fill="none"/>`
        : "";
    const words = name
      .split("\n")
      .map((line, row) => `<text x="${middle}" y="${bottom + 16 + 14 * row}" text-anchor="middle">${escaped(line)}</text>`);
    return `<rect x="${x}" y="${from}" width="${wide}" height="${round(to - from)}" fill="${colours[colour % colours.length]}"/>${whisker}${words.join("")}`;
  });
  return drawn.join("");
}

/** A span with some air, also where all values are one. */
function widened(values: readonly number[], air = 0.05): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!(most > least)) return [least - 0.5, least + 0.5];
  // Nothing below zero is shown where nothing is.
  return [least === 0 ? 0 : least - air * (most - least), most + air * (most - least)];
}

const round = (x: number): number => Math.round(x * 10) / 10;
