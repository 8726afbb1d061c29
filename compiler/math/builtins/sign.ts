// -1, 0 or 1.
import * as k from "../../../kernels/index.ts";
import { unary } from "./unary.ts";

export const sign = unary({ name: "sign", doc: "-1, 0 or 1.", fold: Math.sign, node: k.sign });
