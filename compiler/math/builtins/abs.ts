// The size of a number without its sign.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const abs = unary({ name: "abs", doc: "The size of a number without its sign.", fold: Math.abs, node: k.abs });
