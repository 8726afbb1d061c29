// Whether one holds.
import { truthReduction } from "./truths.ts";

export const any = truthReduction("any", "Whether it holds somewhere over the axes, among the present; false of none.");
