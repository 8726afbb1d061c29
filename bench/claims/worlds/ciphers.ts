/** Words written in ciphers: each cipher puts another letter in the place of each letter, by a table of its own that has to be learned by heart. */
import type { Answer, Dialog } from "neuro/runtime";
import { stream } from "../../../runtime/random.ts";

type Question = { prompt: string };
type Row = Question & { answer: string };

const letters = [..."abcdefghijkl"];
const length = 4;

/** The table of a cipher: the letters in an order that its name draws. */
function table(cipher: string): readonly string[] {
  const source = stream(3, "table", cipher.charCodeAt(0));
  const open = [...letters];
  return letters.map(() => open.splice(source.below(open.length), 1)[0]!);
}
const written = (cipher: string, word: readonly string[]): string[] =>
  word.map((letter) => table(cipher)[letters.indexOf(letter)]!);

/** Words of four letters, each in one of the ciphers by turns. */
export function* rows(ciphers: string, count: number, seed: number): Iterable<Row> {
  const source = stream(seed, "words");
  for (let i = 0; i < count; i++) {
    const cipher = ciphers[i % ciphers.length]!;
    const word = Array.from({ length }, () => letters[source.below(letters.length)]!);
    yield { prompt: `${cipher} : ${word.join(" ")}`, answer: written(cipher, word).join(" ") };
  }
}

/** The share of the letters of an answer that are right. */
export function right(answer: Answer, prompt: Dialog): number {
  const [cipher, , ...word] = prompt.at(-1)!.content.split(" ");
  const told = answer.text.trim().split(/\s+/);
  return written(cipher!, word).filter((letter, i) => letter === told[i]).length / length;
}
