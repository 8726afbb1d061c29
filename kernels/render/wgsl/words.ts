/** Results of a narrow type: an invocation makes a whole word of neighbouring values, so that no two write to one word. */
import type { Store } from "../../fuse.ts";
import { bits } from "../../ir/dtype.ts";
import { countOf } from "../wgsl-index.ts";
import { bitsOf, perWord } from "./packed.ts";
import type { Template } from "./template.ts";

export const wordsTemplate: Template = {
  name: "words",
  matches({ stores }) {
    const [{ axes, node, names }] = stores as [Store];
    const many = perWord(node.dtype);
    if (many === 1) return undefined;
    if (stores.length > 1) throw new Error(`a kernel stores ${node.dtype} beside others`);
    const places = countOf(axes);
    return {
      dispatch: [[[places, 64 * many]]],
      guarded: true,
      about: `an invocation for each ${many} places`,
      write(s) {
        const w = s.writer;
        w.line(`let word = group * 64 + i32(lane);`);
        w.line(`let first = word * ${many};`);
        w.line(`if (first >= ${s.index.params.size(places)}) { return; }`);
        w.line("var packed = 0u;");
        w.nest(`for (var at = first; at < min(first + ${many}, ${s.index.params.size(places)}); at++)`, 0, () => {
          const place = s.spread({ text: "at", level: w.level });
          const value = s.value(node, new Map(axes.map((a) => [a.name, place.get(names.get(a.name) ?? a.name)!])));
          w.line(`packed |= ${bitsOf(node.dtype, value.text)} << (u32(at - first) * ${bits(node.dtype)}u);`);
        });
        w.line(`${s.writes(stores[0]!)}[word] = packed;`);
      },
    };
  },
};
