/** Columns that authors like to see: `=` of neighbouring bindings, values of neighbouring fields. Aligned where the author began to. */
import { sign } from "../tokens.ts";
import { textWidth } from "../width.ts";
import { type Atom, closes, isBrace, isComment, opens } from "./atoms.ts";
import { spaces } from "./spacing.ts";

/** One line of a run: the atom that is moved, how wide what stands before it is, and whether the author had moved it. */
type Member = { readonly at: number; readonly width: number; readonly moved: boolean };
type Run = { readonly kind: "=" | ":"; readonly members: Member[] };

/** Spaces to add before an atom, by its index. */
export function alignments(atoms: readonly Atom[]): Map<number, number> {
  const pads = new Map<number, number>();
  const stack: (Run | undefined)[] = [undefined];
  const finish = (run: Run | undefined) => run && settle(run, pads);
  const finishTop = () => {
    finish(stack.at(-1));
    stack[stack.length - 1] = undefined;
  };
  atoms.forEach((atom, i) => {
    const previous = atoms[i - 1];
    if (closes(atom)) finish(stack.pop());
    if (closes(atom) && atom.breaks > 0 && atom.type === sign.CloseBrace) finishTop();
    if (isBrace(previous) || (atom.item && stack.length > 1)) {
      const member = atom.item && atom.breaks > 0 ? memberAt(atoms, i) : undefined;
      const run = stack.at(-1);
      if (atom.breaks > 0 && (run?.kind !== member?.kind || atom.breaks > 1 || blankBefore(atoms, i))) finishTop();
      if (member) {
        const current = stack.at(-1) ?? { kind: member.kind, members: [] };
        current.members.push(member);
        stack[stack.length - 1] = current;
      }
    }
    if (opens(atom)) stack.push(undefined);
  });
  for (const run of stack) finish(run);
  return pads;
}

/** Whether a blank line stands among the comments directly before an atom. */
function blankBefore(atoms: readonly Atom[], i: number): boolean {
  for (let k = i - 1; k >= 0 && isComment(atoms[k]) && atoms[k]!.breaks > 0; k--) if (atoms[k]!.breaks > 1) return true;
  return false;
}

/** The `=` of `a, b = value` or the value of `label: value`, when item and value begin on one line. */
export function memberAt(atoms: readonly Atom[], start: number): (Member & { readonly kind: Run["kind"] }) | undefined {
  let width = textWidth(atoms[start]!.text);
  for (let i = start + 1; i < atoms.length; i++) {
    const [left, atom] = [atoms[i - 1]!, atoms[i]!];
    if (atom.breaks > 0) return undefined;
    if (atom.type === sign.Is) return { kind: "=", at: i, width, moved: atom.gap > 1 };
    width += spaces(left, atom) + textWidth(atom.text);
    if (atom.type === sign.Colon && i === start + 1) {
      const value = atoms[i + 1]!;
      return value.breaks > 0 || isComment(value) ? undefined : { kind: ":", at: i + 1, width, moved: value.gap > 1 };
    }
    const list = (i - start) % 2 === 1 ? atom.type === sign.Comma : atom.operand;
    if (!list) return undefined;
  }
  return undefined;
}

function settle({ members }: Run, pads: Map<number, number>): void {
  if (members.length < 2 || !members.some((member) => member.moved)) return;
  const widest = Math.max(...members.map((member) => member.width));
  for (const member of members) pads.set(member.at, widest - member.width);
}
