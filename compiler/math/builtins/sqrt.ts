// The square root.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const sqrt = unary({ name: "sqrt", doc: "The square root.", fold: Math.sqrt, node: k.sqrt });
