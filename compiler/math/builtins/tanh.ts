// The hyperbolic tangent.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const tanh = unary({ name: "tanh", doc: "The hyperbolic tangent.", fold: Math.tanh, node: k.tanh });
