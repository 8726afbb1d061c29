/**
 * Two different names of one scope do not look alike: letters of Latin, Greek and Cyrillic are compared by their shape (after Unicode TR 39, but only
 * those that fonts draw alike: γ beside y is how formulas are written).
 */
import type { Name } from "../../grammar/index.ts";
import { confusableNames } from "../diagnostics/confusable_names.ts";
import type { Program } from "../program.ts";
import type { Rule } from "./rule.ts";

/** Each string is one shape; its first letter stands for it. */
const shapes = [
  "aаɑ",
  "AАΑ",
  "bЬ",
  "BВΒ",
  "cсϲ",
  "CСϹ",
  "dԁ",
  "eе",
  "EЕΕ",
  "fꞙ",
  "gɡ",
  "hһ",
  "HНΗ",
  "iіιı",
  "IІΙl|",
  "jјϳ",
  "JЈ",
  "kк",
  "KКΚ",
  "MМΜ",
  "nп",
  "NΝ",
  "oоο",
  "OОΟ",
  "pр",
  "PРΡ",
  "qԛ",
  "rг",
  "sѕ",
  "SЅ",
  "TТΤ",
  "uυս",
  "vνѵ",
  "wѡω",
  "xх",
  "XХΧ",
  "yу",
  "YУΥ",
  "ZΖ",
  "βß",
  "Γг",
  "εє",
  "ΦФ",
  "ΠП",
  "φф",
  "τт",
];
const shapeOf = new Map(shapes.flatMap((shape) => [...shape].map((letter) => [letter, [...shape][0]!] as const)));

/** The name as the eye takes it. */
export const skeleton = (name: string): string => [...name].map((letter) => shapeOf.get(letter) ?? letter).join("");

const isAscii = (name: string): boolean => /^[\x20-\x7e]*$/.test(name);

export const confusableNamesRule: Rule = {
  name: "confusable-names",
  check(program, { modules }) {
    for (const { declarations } of modules)
      compare(
        [...declarations.values()].map(({ node }) => node.name),
        program,
      );
  },
  declaration(declaration, program) {
    const inside = program.definedIn(declaration).filter(({ what }) => what !== "declaration" && what !== "type");
    compare(
      inside.map(({ name }) => name),
      program,
    );
  },
};

/** Plain ASCII names are never reported against each other: `l` and `I` are everyone's own affair. */
function compare(names: readonly Name[], program: Program): void {
  if (names.every(({ text }) => isAscii(text))) return;
  const seen = new Map<string, Name>();
  for (const name of names) {
    const shape = skeleton(name.text);
    const other = seen.get(shape);
    if (!other) seen.set(shape, name);
    else if (other.text !== name.text && !(isAscii(other.text) && isAscii(name.text)))
      program.report(confusableNames, name.span, { name: name.text, other: other.text }, [
        { span: other.span, label: "the other one" },
      ]);
  }
}
