/**
 * Two different names of one scope do not look alike: letters of Latin, Greek and Cyrillic are compared by their shape (after Unicode TR 39, but only
 * those that fonts draw alike: γ beside y is how formulas are written).
 */
import type { Declaration, Module } from "../declarations.ts";
import { confusableNames } from "../diagnostics/confusable_names.ts";
import type { Defined, Program } from "../program.ts";
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
    const own = new Set(modules);
    const tops = new Map<Module, Defined[]>();
    const insides = new Map<Declaration, Defined[]>();
    for (const defined of program.defined) {
      if (!own.has(defined.module) || !defined.inside) continue;
      const isTop = defined.what === "declaration" || defined.what === "type";
      if (isTop) push(tops, defined.module, defined);
      else push(insides, defined.inside, defined);
    }
    for (const names of [...tops.values(), ...insides.values()]) compare(names, program);
  },
};

function push<K>(map: Map<K, Defined[]>, key: K, value: Defined): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Plain ASCII names are never reported against each other: `l` and `I` are everyone's own affair. */
function compare(names: readonly Defined[], program: Program): void {
  const seen = new Map<string, Defined>();
  for (const defined of names) {
    const shape = skeleton(defined.name.text);
    const other = seen.get(shape);
    if (!other) seen.set(shape, defined);
    else if (other.name.text !== defined.name.text && !(isAscii(other.name.text) && isAscii(defined.name.text)))
      program.report(confusableNames, defined.name.span, { name: defined.name.text, other: other.name.text }, [
        { span: other.name.span, label: "the other one" },
      ]);
  }
}
