/** One workgroup for each place: its 64 lanes share the kernel's loop, and join what they have at the end. For few places with long loops. */
import { placesOf } from "../../fuse/needs.ts";
import { placesOfStore, type Store } from "../../fuse.ts";
import type { Size } from "../../ir/size.ts";
import { countOf } from "../wgsl-index.ts";
import type { Template } from "./template.ts";

const known = (size: Size, most: number): boolean => typeof size === "number" && size <= most;

/** The loops that lanes can share: what they have can be joined in any order. */
const joined = new Set(["sum", "reduceMax", "reduceMin", "contract", "argmax"]);

export const lanesTemplate: Template = {
  name: "lanes",
  matches({ stores, loop }) {
    if (!loop || !joined.has(loop.op)) return undefined;
    const places = countOf(placesOfStore(stores[0] as Store));
    const inner = countOf(placesOf(loop).filter((a) => !loop.axes.some((b) => b.name === a.name)));
    const few = known(places, 4096) && !known(inner, 255);
    if (!few && (typeof inner === "string" || inner < 128)) return undefined;
    return {
      dispatch: [[[places, 1]]],
      about: "a workgroup a place",
      write(s) {
        s.share(loop);
        const place = s.spread({ text: "group", level: 0 });
        // Every lane has the value; one writes it.
        s.compute(place);
        s.writer.nest("if (lane == 0u)", 0, () => s.finish(place));
      },
    };
  },
};
