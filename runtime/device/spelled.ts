/** A kernel that reads tensors as halves, for a device that has none: the same kernel reading words. For tests. */

/** Halves are read as what they lie in; everything else of a kernel's text stays. */
export function halvesSpelled(code: string): string {
  const ofFour = [...code.matchAll(/ (in\d+): array<vec4<f16>>/g)].map((m) => m[1]!);
  const single = [...code.matchAll(/ (in\d+): array<f16>/g)].map((m) => m[1]!);
  const one = (word: string, at: string): string => `unpack2x16float(${word})[u32(${at}) % 2u]`;
  let text = code
    .replace(/^enable f16;\n/m, "")
    .replaceAll("array<vec4<f16>>", "array<vec2u>")
    .replaceAll(/(in\d+): array<f16>/g, "$1: array<u32>");
  for (const name of ofFour)
    text = text
      .replaceAll(new RegExp(`f32\\(${name}\\[([^\\]]*)\\]\\[([^\\]]*)\\]\\)`, "g"), (_, at, place) =>
        one(`${name}[${at}][(${place}) / 2]`, place),
      )
      .replaceAll(
        new RegExp(`vec4f\\(${name}\\[([^\\]]*)\\]\\)`, "g"),
        `vec4f(unpack2x16float(${name}[$1].x), unpack2x16float(${name}[$1].y))`,
      );
  for (const name of single)
    text = text.replaceAll(new RegExp(`f32\\(${name}\\[([^\\]]*)\\]\\)`, "g"), (_, at) => one(`${name}[(${at}) / 2]`, at));
  return text;
}
