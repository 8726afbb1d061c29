/** A graph of stages as SVG: layers from top to bottom, each stage below all that it takes from; a click on a stage opens its line. */
import { escaped } from "./text.ts";

/** One stage, as the language server tells it. */
export interface GraphStage {
  readonly name: string;
  readonly calls: readonly string[];
  readonly uses: readonly string[];
  readonly takes: readonly number[];
  readonly within?: string;
  /** The line of the spec, from 0. */
  readonly line: number;
}

interface Box {
  readonly lines: readonly { readonly text: string; readonly kind: string }[];
  readonly width: number;
  readonly height: number;
  readonly layer: number;
  x: number;
  y: number;
}

const [letter, lineHeight, pad, gapX, gapY] = [6.7, 15, 8, 16, 26];

/** The drawing; `uri` is the spec that the lines are of. */
export function graph(stages: readonly GraphStage[], uri: string): string {
  const boxes = placed(stages);
  const width = Math.max(60, ...boxes.map((box) => box.x + box.width)) + 4;
  const height = Math.max(20, ...boxes.map((box) => box.y + box.height)) + 4;
  const edges = stages.flatMap((stage, at) => stage.takes.map((from) => edge(boxes[from]!, boxes[at]!)));
  const drawn = boxes.map((box, at) => drawnBox(box, stages[at]!, uri));
  return `<svg class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${edges.join("")}${drawn.join("")}</svg>`;
}

function placed(stages: readonly GraphStage[]): Box[] {
  const boxes: Box[] = [];
  for (const stage of stages) {
    const layer = stage.takes.reduce((deepest, at) => Math.max(deepest, boxes[at]!.layer + 1), 0);
    const lines = [
      ...(stage.name === "" ? [] : [{ text: stage.name, kind: "name" }]),
      ...(stage.calls.length > 0 ? [{ text: clipped(stage.calls.join(" · "), 34), kind: "call" }] : []),
      ...(stage.uses.length > 0 ? [{ text: clipped(stage.uses.join(", "), 34), kind: "uses" }] : []),
      ...(stage.within ? [{ text: clipped(`↻ ${stage.within}`, 34), kind: "uses" }] : []),
    ];
    const width = Math.max(...lines.map(({ text }) => text.length), 4) * letter + 2 * pad;
    boxes.push({ lines, width, height: lines.length * lineHeight + pad, layer, x: 0, y: 0 });
  }
  const layers = [...Map.groupBy(boxes, ({ layer }) => layer)].sort(([a], [b]) => a - b).map(([, row]) => row);
  const widest = Math.max(0, ...layers.map(rowWidth));
  let y = 2;
  for (const row of layers) {
    let x = 2 + (widest - rowWidth(row)) / 2;
    for (const box of row) {
      box.x = x;
      box.y = y;
      x += box.width + gapX;
    }
    y += Math.max(...row.map(({ height }) => height)) + gapY;
  }
  return boxes;
}

const rowWidth = (row: readonly Box[]): number => row.reduce((sum, { width }) => sum + width + gapX, -gapX);
const clipped = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function edge(from: Box, to: Box): string {
  const [x1, y1, x2, y2] = [from.x + from.width / 2, from.y + from.height, to.x + to.width / 2, to.y];
  const bend = Math.max(12, (y2 - y1) / 2);
  const path = `M${x1.toFixed(1)},${y1} C${x1.toFixed(1)},${y1 + bend} ${x2.toFixed(1)},${y2 - bend} ${x2.toFixed(1)},${y2}`;
  return `<path class="edge" d="${path}"/><circle class="tip" cx="${x2.toFixed(1)}" cy="${y2}" r="2"/>`;
}

function drawnBox(box: Box, stage: GraphStage, uri: string): string {
  const texts = box.lines.map(
    ({ text, kind }, at) =>
      `<text class="${kind}" x="${(box.x + pad).toFixed(1)}" y="${box.y + lineHeight * (at + 1) - 1}">${escaped(text)}</text>`,
  );
  const kind = stage.calls.length === 0 ? "given" : "stage";
  return (
    `<g class="${kind}" data-open="${escaped(uri)}" data-line="${stage.line}" tabindex="0" role="link"><title>${escaped(stage.calls.join(" · ") || stage.name)}</title>` +
    `<rect x="${box.x.toFixed(1)}" y="${box.y}" width="${box.width.toFixed(1)}" height="${box.height}" rx="4"/>${texts.join("")}</g>`
  );
}
