// The sine of an angle in radians.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const sin = unary({ name: "sin", doc: "The sine of an angle in radians.", fold: Math.sin, node: k.sin });
