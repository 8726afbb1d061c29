/** Text for pages: escaped, and numbers as people read them. */

/** A text inside HTML, attributes included. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" }[c]};`);

/** `1.23 G`, `4.5 k`, `0.012`: three digits and a prefix of thousands. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) {
    const step = Math.min(4, Math.floor(Math.log10(size) / 3));
    return `${Number((value / 1000 ** step).toPrecision(3))} ${["", "k", "M", "G", "T"][step]}`;
  }
  if (size !== 0 && size < 1e-3) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** Where `vscode` would put it: `12 s ago`, `3 min ago`, `5 h ago`. */
export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}
