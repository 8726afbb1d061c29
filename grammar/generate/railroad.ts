/** Railroad diagrams as plain SVG: boxes know their size and draw themselves; nothing is loaded from anywhere. */

/** A piece of track: it enters at the left and leaves at the right on the same height, `up` below its top. */
export type Track = {
  readonly width: number;
  readonly up: number;
  readonly down: number;
  readonly draw: (x: number, y: number) => string;
};

const radius = 8;
const gap = 10;
const half = 13;
const characterWidth = 7.4;

const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const path = (d: string) => `<path d="${d}"/>`;
const line = (x: number, y: number, to: number) => (to > x ? path(`M${x} ${y}H${to}`) : "");

/** A word or sign as it is typed (`kind` "terminal"), or a class of tokens. */
export function terminal(text: string, kind: "terminal" | "class"): Track {
  return box(text, (x, y, width) => {
    const label = `<text x="${x + width / 2}" y="${y + 4}">${escapeHtml(text)}</text>`;
    return `<rect class="${kind}" x="${x}" y="${y - half}" width="${width}" height="${2 * half}" rx="${half}"/>${label}`;
  });
}

/** A rule, linked to its own diagram. */
export function rule(name: string): Track {
  return box(name, (x, y, width) => {
    const label = `<text x="${x + width / 2}" y="${y + 4}">${escapeHtml(name)}</text>`;
    return `<a href="#${name}"><rect class="rule" x="${x}" y="${y - half}" width="${width}" height="${2 * half}"/>${label}</a>`;
  });
}

function box(text: string, draw: (x: number, y: number, width: number) => string): Track {
  const width = round([...text].length * characterWidth + 22);
  return { width, up: half, down: half, draw: (x, y) => draw(x, y, width) };
}

export function sequence(parts: readonly Track[]): Track {
  if (parts.length === 0) return { width: 0, up: 0, down: 0, draw: () => "" };
  const width = parts.reduce((sum, part) => sum + part.width, gap * (parts.length - 1));
  const draw = (x: number, y: number) => {
    let at = x;
    return parts
      .map((part, i) => {
        const lead = i === 0 ? "" : line(at, y, at + gap);
        if (i > 0) at += gap;
        const drawn = part.draw(at, y);
        at += part.width;
        return lead + drawn;
      })
      .join("");
  };
  return { width, up: Math.max(...parts.map(({ up }) => up)), down: Math.max(...parts.map(({ down }) => down)), draw };
}

/** One of several, below one another; the first lies on the track. */
export function choice(parts: readonly Track[]): Track {
  const inner = Math.max(...parts.map(({ width }) => width));
  const width = inner + 4 * radius;
  const offsets: number[] = [];
  parts.forEach((part, i) => {
    const before = parts[i - 1];
    offsets.push(before === undefined ? 0 : round(offsets[i - 1]! + Math.max(2 * radius, before.down + part.up + gap)));
  });
  const draw = (x: number, y: number) =>
    parts
      .map((part, i) => {
        const at = y + offsets[i]!;
        const [left, right] = [x + 2 * radius, x + 2 * radius + inner];
        const drawn = part.draw(left, at) + line(left + part.width, at, right);
        if (i === 0) return line(x, y, left) + drawn + line(right, y, x + width);
        const down = `M${x} ${y}a${radius} ${radius} 0 0 1 ${radius} ${radius}V${at - radius}a${radius} ${radius} 0 0 0 ${radius} ${radius}`;
        const up = `M${right} ${at}a${radius} ${radius} 0 0 0 ${radius} ${-radius}V${y + radius}a${radius} ${radius} 0 0 1 ${radius} ${-radius}`;
        return path(down) + drawn + path(up);
      })
      .join("");
  return { width, up: parts[0]!.up, down: round(offsets.at(-1)! + parts.at(-1)!.down), draw };
}

/** The part, or nothing: the way around leads above it. */
export function optional(part: Track): Track {
  const over = Math.max(2 * radius, part.up + gap);
  const width = part.width + 4 * radius;
  const draw = (x: number, y: number) => {
    const end = x + width;
    const r = radius;
    const around = `M${x} ${y}a${r} ${r} 0 0 0 ${r} ${-r}V${y - over + r}a${r} ${r} 0 0 1 ${r} ${-r}H${end - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}V${y - r}a${r} ${r} 0 0 0 ${r} ${r}`;
    return path(around) + line(x, y, x + 2 * r) + part.draw(x + 2 * r, y) + line(end - 2 * r, y, end);
  };
  return { width, up: over, down: part.down, draw };
}

/** The part once or more; the way back leads below it, through the separator if there is one. */
export function repeated(part: Track, separator?: Track): Track {
  const inner = Math.max(part.width, separator?.width ?? 0);
  const width = inner + 4 * radius;
  const under = round(Math.max(2 * radius, part.down + gap + (separator?.up ?? 0)));
  const draw = (x: number, y: number) => {
    const r = radius;
    const [left, right, end] = [x + 2 * r, x + 2 * r + inner, x + width];
    const back = y + under;
    const forth = line(x, y, left) + part.draw(left, y) + line(left + part.width, y, end);
    const right2 = path(`M${right} ${y}a${r} ${r} 0 0 1 ${r} ${r}V${back - r}a${r} ${r} 0 0 1 ${-r} ${r}`);
    const left2 = path(`M${left} ${back}a${r} ${r} 0 0 1 ${-r} ${-r}V${y + r}a${r} ${r} 0 0 1 ${r} ${-r}`);
    const middle = separator ? separator.draw(left, back) + line(left + separator.width, back, right) : line(left, back, right);
    return forth + right2 + middle + left2;
  };
  return { width, up: part.up, down: under + (separator?.down ?? 0), draw };
}

/** A whole diagram with its ends. */
export function diagram(track: Track): string {
  const margin = 12;
  const width = round(track.width + 2 * margin + 2 * gap);
  const height = round(track.up + track.down + 2 * margin);
  const y = margin + track.up;
  const ends = path(`M${margin} ${y - 8}v16`) + path(`M${width - margin} ${y - 8}v16`);
  const rails = line(margin, y, margin + gap) + line(width - margin - gap, y, width - margin);
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">${ends}${rails}${track.draw(margin + gap, y)}</svg>`;
}

const round = (value: number) => Math.round(value * 10) / 10;
