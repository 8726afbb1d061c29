/** Songs that say one word again and again, as often as a range allows. */
import { stream } from "../../../runtime/random.ts";

type Question = { prompt: string };
type Song = Question & { answer: string };

const words = ["la", "do", "re", "mi", "fa", "so", "ti", "na"];

/** What is asked: a song for each word. */
export const asked = (): Iterable<Question> => words.map((word) => ({ prompt: `sing ${word}` }));

/** Songs of `shortest` to `longest` words, all lengths alike. */
export function* songs(count: number, shortest: number, longest: number): Iterable<Song> {
  const source = stream(1, "songs");
  for (let i = 0; i < count; i++) {
    const word = words[i % words.length]!;
    const length = shortest + source.below(longest - shortest + 1);
    yield { prompt: `sing ${word}`, answer: Array.from({ length }, () => word).join(" ") };
  }
}
