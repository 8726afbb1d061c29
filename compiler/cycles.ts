/** Declarations may stand in any order, but none may need itself. */
import type { Name } from "../grammar/index.ts";
import type { Declaration } from "./declarations.ts";
import { cyclicDefinition } from "./diagnostics/cyclic_definition.ts";
import type { Program } from "./program.ts";

export interface Order {
  /** Every declaration after those it mentions: whoever goes through them so meets only what it knows already, however long the chain. */
  readonly order: readonly Declaration[];
  /** Those that reach a circle: whoever walks bodies through calls must not enter them. */
  readonly cyclic: ReadonlySet<Declaration>;
}

/** Puts declarations in order and reports every circle once, at the mention that closes it. Without recursion itself. */
export function orderDeclarations(program: Program): Order {
  const order: Declaration[] = [];
  const state = new Map<Declaration, "open" | "done">();
  const reaching = new Set<Declaration>();
  const path: { declaration: Declaration; rest: Iterator<[Declaration, Name]> }[] = [];
  const enter = (declaration: Declaration) => {
    state.set(declaration, "open");
    path.push({ declaration, rest: (program.mentions.get(declaration) ?? new Map<Declaration, Name>()).entries() });
  };
  for (const start of program.mentions.keys()) {
    if (!state.has(start)) enter(start);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = top.rest.next();
      if (next.done) {
        state.set(top.declaration, "done");
        order.push(top.declaration);
        path.pop();
        const below = path.at(-1);
        if (below && reaching.has(top.declaration)) reaching.add(below.declaration);
        continue;
      }
      const [target, name] = next.value;
      if (!state.has(target)) enter(target);
      else if (state.get(target) === "open") {
        const names = path.slice(path.findIndex((each) => each.declaration === target)).map((each) => each.declaration.name);
        program.report(cyclicDefinition, name.span, { path: [...names, target.name] });
        for (const each of path) reaching.add(each.declaration);
      } else if (reaching.has(target)) reaching.add(top.declaration);
    }
  }
  return { order, cyclic: reaching };
}
