/** Curves as one SVG picture that needs no script: axes with round numbers, a legend, and a title on every point for whoever hovers. */
import type { Curve } from "./gathered.ts";

const [width, height] = [460, 220];
const inner = { left: 56, right: 12, top: 12, bottom: 28 };
/** Colours that people who see few colours tell apart (Okabe and Ito 2008); they stand in the page's style as `--c0` to `--c6`. */
export const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"] as const;

/** Text within markup. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" }[c]};`);

/** A number as a person reads it: four figures. */
export const figure = (value: number): string =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));

/** Round numbers that cover a span: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, about = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** At most `most` points of a curve: where there are more, each stands for the mean of its neighbours. */
export function thinned(points: Curve["points"], most: number): Curve["points"] {
  if (points.length <= most) return points;
  const size = points.length / most;
  return Array.from({ length: most }, (_, i) => {
    const part = points.slice(Math.floor(i * size), Math.floor((i + 1) * size));
    const mean = (at: 0 | 1): number => part.reduce((sum, point) => sum + point[at], 0) / part.length;
    return [mean(0), mean(1)] as const;
  });
}

/** One picture of curves over the same places. Undefined where no curve has a finite point. */
export function chart(title: string, curves: readonly Curve[], along: string): string | undefined {
  const drawn = curves
    .map(({ name, points }) => ({ name, points: points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)) }))
    .filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return undefined;
  const all = drawn.flatMap(({ points }) => points);
  const span = (at: 0 | 1): [number, number] => {
    const [low, high] = all.reduce(([l, h], p) => [Math.min(l, p[at]), Math.max(h, p[at])], [Infinity, -Infinity]);
    return low === high ? [low - (Math.abs(low) || 1) * 0.5, high + (Math.abs(high) || 1) * 0.5] : [low, high];
  };
  const [[x0, x1], [y0, y1]] = [span(0), span(1)];
  const px = (x: number): string => (inner.left + ((x - x0) / (x1 - x0)) * (width - inner.left - inner.right)).toFixed(1);
  const py = (y: number): string =>
    (height - inner.bottom - ((y - y0) / (y1 - y0)) * (height - inner.top - inner.bottom)).toFixed(1);
  const grid = ticks(y0, y1).map(
    (y) =>
      `<line class="grid" x1="${inner.left}" x2="${width - inner.right}" y1="${py(y)}" y2="${py(y)}"/><text class="tick" x="${inner.left - 6}" y="${py(y)}" text-anchor="end" dominant-baseline="middle">${figure(y)}</text>`,
  );
  const below = ticks(x0, x1).map(
    (x) => `<text class="tick" x="${px(x)}" y="${height - inner.bottom + 16}" text-anchor="middle">${figure(x)}</text>`,
  );
  const lines = drawn.map(({ name, points }, i) => {
    const shown = thinned(points, 400);
    const path = shown.map(([x, y]) => `${px(x)},${py(y)}`).join(" ");
    const dots = thinned(points, 60).map(
      ([x, y]) =>
        `<circle cx="${px(x)}" cy="${py(y)}" r="${shown.length > 30 ? 5 : 3}"><title>${escaped(name)}: ${figure(y)} (${escaped(along)} ${figure(x)})</title></circle>`,
    );
    return `<g class="curve${shown.length > 30 ? " long" : ""}" style="--c: var(--c${i % colours.length})"><polyline points="${path}"/>${dots.join("")}</g>`;
  });
  const legend = drawn.map(
    ({ name, points }, i) =>
      `<li style="--c: var(--c${i % colours.length})">${escaped(name)} <b>${figure(points.at(-1)![1])}</b></li>`,
  );
  const words = `${title}: ${drawn.map(({ name, points }) => `${name} ends at ${figure(points.at(-1)![1])}`).join(", ")}`;
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(words)}">${grid.join("")}${below.join("")}<text class="tick" x="${width - inner.right}" y="${height - 2}" text-anchor="end">${escaped(along)}</text>${lines.join("")}</svg><ul class="legend">${legend.join("")}</ul></figure>`;
}
