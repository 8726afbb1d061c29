/** Lines of six words for a theme. A theme has eight words of its own, and each is worth what a drawn table says. */
import type { Answer, Dialog } from "neuro/runtime";
import { stream } from "../../../runtime/random.ts";

type Question = { prompt: string };
type Line = Question & { answer: string };

const themes = "sea farm city song snow fire wood moon".split(" ");
const words = "amber birch cedar delta ember fjord grove heron ivory jade kelp lotus maple north ocean pearl".split(" ");
const length = 6;

/** The words that lines of each theme are drawn from. */
const own: readonly (readonly string[])[] = themes.map((_, theme) => {
  const source = stream(4, "own", theme);
  const left = [...words];
  return Array.from({ length: 8 }, () => left.splice(source.below(left.length), 1)[0]!);
});

/** What each word is worth to each theme: standard normal. */
const worths: readonly ReadonlyMap<string, number>[] = themes.map((_, theme) => {
  const source = stream(3, "worth", theme);
  return new Map(words.map((word) => [word, source.normal()]));
});

/** What a line is worth to its theme: the sum of its words', over the root of their number, so that drawn lines differ by about one. */
export function worth(answer: Answer, prompt: Dialog): number {
  const table = worths[themes.indexOf(prompt.at(-1)!.content.split(" ")[0]!)]!;
  const said = answer.text.trim().split(/\s+/).slice(0, length);
  return said.reduce((sum, word) => sum + (table.get(word) ?? 0), 0) / Math.sqrt(length);
}

/** What is asked: the verses `from` to `to` of each theme. */
export const verses = (from: number, to: number): Iterable<Question> =>
  Array.from({ length: to - from }, (_, i) => themes.map((theme) => ({ prompt: `${theme} ${from + i}` }))).flat();

/** Lines of words at random, each of its theme, for any of the verses. */
export function* lines(count: number): Iterable<Line> {
  const source = stream(1, "lines");
  for (let i = 0; i < count; i++) {
    const open = own[i % themes.length]!;
    const answer = Array.from({ length }, () => open[source.below(open.length)]!).join(" ");
    yield { prompt: `${themes[i % themes.length]} ${source.below(32)}`, answer };
  }
}
