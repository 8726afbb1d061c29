// The stages of a program by name, as `explain --stages` lists them.
import { didYouMean } from "../grammar/index.ts";
import { nodesOf, type Program, printProgram } from "../kernels/index.ts";
import { NeuroError } from "../runtime/error.ts";

/** A stage with what is printed of it; `nodes` where it is a program. */
export interface Stage {
  readonly name: string;
  readonly text: string;
  readonly nodes?: number;
  /** Whether it is as the stage before it was. */
  readonly same?: boolean;
}

/** A program after a pass. A name that comes again bears its number. */
export function stageText(
  { name, program }: { name: string; program: Program },
  at: number,
  all: readonly { name: string; program: Program }[],
): Stage {
  const again = all.slice(0, at).filter((s) => s.name === name).length;
  const text = printProgram(program);
  const nodes = nodesOf(program).length;
  const before = at > 0 ? printProgram(all[at - 1]!.program) : undefined;
  return {
    name: again > 0 ? `${name} ${again + 1}` : name,
    text: `${text}  (${nodes} nodes)\n`,
    nodes,
    same: before === text,
  };
}

/** A stage by its name. Throws `usage` with the names there are. */
export function stageNamed(name: string, stages: readonly Stage[]): Stage {
  const found = stages.find((s) => s.name === name);
  if (found) return found;
  const names = stages.map((s) => s.name);
  const near = didYouMean(name, names);
  throw new NeuroError("usage", `there is no stage ${name}`, {
    hint: `${near ? `did you mean ${near}? ` : ""}Stages are ${names.join(", ")}`,
  });
}
