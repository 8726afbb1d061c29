// The cosine of an angle in radians.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const cos = unary({ name: "cos", doc: "The cosine of an angle in radians.", fold: Math.cos, node: k.cos });
