/** Markers: they compute nothing but a new name, and tell a pass something. None is left when a program is rendered. */
import { declare, fail, hasAxis, make, type Node } from "./node.ts";

declare("stop", ([x]) => ({ dtype: x!.dtype, axes: x!.axes }));

declare<{ of: string; axis: string }>("cached", ([x], { of, axis }) => {
  if (!hasAxis(x!, of)) fail("cached", `no axis ${of}`, [x!]);
  return { dtype: x!.dtype, axes: x!.axes.map((a) => (a.name === of ? { name: axis, size: a.size } : a)) };
});

/** x, through which no gradient flows. */
export const stop = (x: Node): Node => make("stop", [x]);

/**
 * x with the causal text axis `of` renamed to its twin `axis`: what later positions look back at. In a whole forward
 * pass it is that renaming; in a decoding step it becomes a cache (derive/step).
 */
export const cached = (x: Node, of: string, axis: string): Node => make("cached", [x], { of, axis });
