/** A curve as SVG, in the workbench's colours: thinned to what the eye can tell apart, its last value beside its name. */
import type { Curve } from "./runs.ts";
import { escaped, short } from "./text.ts";

/** The drawing's own units; the page scales it. */
const [wide, high, left, bottom] = [300, 120, 40, 14];
/** More points than this are drawn as the mean of their neighbours. */
const mostPoints = 300;

/** One small chart with its title. */
export function chart({ name, x, y }: Curve): string {
  const points = thinned(x, y);
  const [low, top] = padded(Math.min(...points.map(([, v]) => v)), Math.max(...points.map(([, v]) => v)));
  const [first, last] = [x[0]!, x.at(-1)!];
  const px = (at: number) => left + ((wide - left - 4) * (at - first)) / Math.max(last - first, 1e-12);
  const py = (value: number) => 4 + ((high - bottom - 8) * (top - value)) / Math.max(top - low, 1e-12);
  const line = points.map(([at, value]) => `${px(at).toFixed(1)},${py(value).toFixed(1)}`).join(" ");
  const grid = [low, (low + top) / 2, top].map(
    (value) =>
      `<line x1="${left}" x2="${wide - 4}" y1="${py(value).toFixed(1)}" y2="${py(value).toFixed(1)}" class="grid"/>` +
      `<text x="${left - 4}" y="${(py(value) + 3).toFixed(1)}" text-anchor="end">${escaped(short(value))}</text>`,
  );
  const ends = `<text x="${left}" y="${high - 2}">${short(first)}</text><text x="${wide - 4}" y="${high - 2}" text-anchor="end">${short(last)}</text>`;
  const drawn =
    points.length === 1
      ? `<circle cx="${px(points[0]![0])}" cy="${py(points[0]![1])}" r="2.5" class="dot"/>`
      : `<polyline points="${line}" class="curve"/>`;
  return (
    `<figure><figcaption>${escaped(name)} <b>${escaped(short(y.at(-1)!))}</b></figcaption>` +
    `<svg viewBox="0 0 ${wide} ${high}" role="img" aria-label="${escaped(name)}: ${y.length} values, the last ${escaped(short(y.at(-1)!))}">` +
    `${grid.join("")}${ends}${drawn}</svg></figure>`
  );
}

function thinned(x: readonly number[], y: readonly number[]): [number, number][] {
  const step = Math.max(1, Math.ceil(x.length / mostPoints));
  const points: [number, number][] = [];
  for (let at = 0; at < x.length; at += step) {
    const part = y.slice(at, at + step);
    points.push([x[Math.min(at + (step >> 1), x.length - 1)]!, part.reduce((sum, value) => sum + value, 0) / part.length]);
  }
  return points;
}

const padded = (low: number, top: number): [number, number] => {
  const room = (top - low || Math.abs(top) || 1) * 0.05;
  return [low - room, top + room];
};
