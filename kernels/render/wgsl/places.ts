/** One invocation for each place: whatever the kernel needs is computed there, loops and all. Fits every kernel. */

import { placesOfStore, type Store } from "../../fuse.ts";
import { countOf } from "../wgsl-index.ts";
import type { Template } from "./template.ts";

export const placesTemplate: Template = {
  name: "places",
  matches({ stores }) {
    const places = countOf(placesOfStore(stores[0] as Store));
    return {
      dispatch: [[[places, 64]]],
      guarded: true,
      kind: "places",
      about: "an invocation a place",
      write(s) {
        s.writer.line("let at = group * 64 + i32(lane);");
        s.writer.line(`if (at >= ${s.index.params.size(places)}) { return; }`);
        s.finish(s.spread({ text: "at", level: 0 }));
      },
    };
  },
};
