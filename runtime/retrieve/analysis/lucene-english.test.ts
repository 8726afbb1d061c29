import { expect, test } from "vitest";
import { luceneEnglish } from "./lucene-english.ts";
import { stemPorter } from "./stem-porter.ts";

// Pairs of the paper (Porter 1980, section 2) and of the vocabulary that its author published.
test("words are stemmed as the paper stems them", () => {
  const pairs = `caresses caress, ponies poni, ties ti, cats cat, feed feed, agreed agre, plastered plaster, bled bled, motoring motor, sing sing, conflated conflat, troubled troubl,
sized size, hopping hop, tanned tan, falling fall, hissing hiss, fizzed fizz, failing fail, filing file, happy happi, sky sky, relational relat, conditional condit, rational ration,
valenci valenc, digitizer digit, conformabli conform, radicalli radic, differentli differ, vileli vile, analogousli analog, vietnamization vietnam, predication predic, operator oper,
feudalism feudal, decisiveness decis, hopefulness hope, callousness callous, formaliti formal, sensitiviti sensit, sensibiliti sensibl, triplicate triplic, formative form,
formalize formal, electriciti electr, electrical electr, hopeful hope, goodness good, revival reviv, allowance allow, inference infer, airliner airlin, gyroscopic gyroscop,
adjustable adjust, defensible defens, irritant irrit, replacement replac, adjustment adjust, dependent depend, adoption adopt, homologou homolog, communism commun, activate activ,
angulariti angular, homologous homolog, effective effect, bowdlerize bowdler, probate probat, rate rate, cease ceas, controll control, roll roll, by by, yes ye, say sai, apology apolog`;
  for (const pair of pairs.split(/,\s+/)) {
    const [word, stem] = pair.split(" ");
    expect.soft(stemPorter(word!), word).toBe(stem);
  }
});

test("words end where Unicode ends them, possessives and stop words go, and nothing else", () => {
  expect(luceneEnglish("The IBM's U.S.A. time-sharing systems, 3.14 and 1,000; e-mail of O'Neil’s")).toEqual([
    "ibm",
    "u.s.a",
    "time",
    "share",
    "system",
    "3.14",
    "1,000",
    "e",
    "mail",
    "o'neil",
  ]);
  expect(luceneEnglish("CA580602 snake_case 5th not THE __ — 漢字 ок")).toEqual([
    "ca580602",
    "snake_cas",
    "5th",
    "漢",
    "字",
    "ок",
  ]);
  expect(luceneEnglish("")).toEqual([]);
  expect(luceneEnglish("x".repeat(300)).map((term) => term.length)).toEqual([255, 45]);
});
