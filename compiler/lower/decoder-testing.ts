// For tests and measurements: the programs of a decoder of std with the sizes given, without a spec.
import type * as k from "../../kernels/index.ts";
import { modelPrograms } from "./model.ts";
import { modelOf, stdlib } from "./testing.ts";
import type { TracedWeight } from "./tracer.ts";
import { verifyingPrograms } from "./writing.ts";

/** The fields of `Decoder` as a spec states them, without units. */
export interface DecoderFields {
  readonly depth: number;
  readonly width: number;
  readonly heads: number;
  readonly [field: string]: number | boolean;
}

/** A decoder's programs: scoring, prefill, resumption, a step, verification of a chain (and commit) or of a tree, and its weights by path. */
export interface DecoderPrograms {
  readonly forward: k.Program;
  readonly prefill: k.Program;
  readonly resume: k.Program;
  readonly step: k.Program;
  readonly verify: k.Program;
  readonly tree: k.Program;
  readonly commitTree: k.Program;
  readonly weights: readonly TracedWeight[];
}

/** Derives them for a vocabulary of `vocab` tokens; names are `m.step` and so on. */
export function decoderPrograms(fields: DecoderFields, vocab: number): DecoderPrograms {
  const said = Object.entries(fields).map(([name, value]) => `${name}: ${value}${name === "depth" ? " layers" : ""}`);
  const { context, instance } = modelOf(
    [stdlib("models"), stdlib("decoders"), `model m: Decoder { ${said.join(", ")} }`],
    "m",
    vocab,
  );
  const { programs, weights } = modelPrograms(context, instance);
  const named = (what: string) => programs.find(({ program }) => program.name === `m.${what}`)!.program;
  const [forward, prefill, resume, step] = [named("forward"), named("prefill"), named("resume"), named("step")];
  const chain = verifyingPrograms(context, instance);
  const tree = verifyingPrograms(context, instance, { tree: true });
  return { forward, prefill, resume, step, verify: chain.verify, tree: tree.verify, commitTree: tree.commit!, weights };
}
