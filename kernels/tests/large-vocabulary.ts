/** The cross entropy of labels over a vocabulary with its gradients, as a program on its own: on which slices are measured. */
import { gradients } from "../autodiff.ts";
import { add, mul } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { axis, type Node, namesOf } from "../ir/node.ts";
import { output, type Program, program } from "../ir/program.ts";
import { contract } from "../ir/reduce.ts";
import { input } from "../ir/source.ts";
import { logSoftmax } from "../ops/logsoftmax.ts";
import { mean } from "../ops/mean.ts";
import { beforeGradients, optimized, through } from "../rules/passes.ts";

const [b, t] = [axis("b", "b"), axis("t", "t")];

/** The cross entropy of labels and its gradients, optimized; `twice` is a difference of two over one table. */
export function crossEntropy(words: number, width: number, twice = false): Program {
  const [v, d] = [axis("v", words), axis("d", width)];
  const [table, tilt] = [input("table", "weight", "f32", [v, d]), input("tilt", "weight", "f32", [v])];
  const label = input(`below${words}`, "data", "i32", [b, t]);
  const present = input("present", "data", "bool", [b, t]);
  const scored = (name: string): Node => {
    const logits = add(mul(contract(input(name, "data", "f32", [b, t, d]), table, ["d"]), 0.5), tilt);
    return gather(logSoftmax(logits, ["v"]), label, "v");
  };
  const sum = twice ? add(scored("y"), mul(scored("z"), -0.5)) : scored("y");
  const loss = program("loss", [output("loss", "loss", mul(mean(sum, ["b", "t"], present), -1))]);
  const simple = through(loss, beforeGradients);
  const wanted = simple.inputs.filter((i) => i.dtype === "f32");
  const found = gradients(simple.outputs[0]!.node, wanted);
  return optimized(
    program("gradient", [
      ...simple.outputs,
      ...found.map((g, i) => output(`g.${wanted[i]!.attrs.name}`, "value", g!, namesOf(wanted[i]!.axes))),
    ]),
  );
}
