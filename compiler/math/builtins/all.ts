// Whether each holds.
import { truthReduction } from "./truths.ts";

export const all = truthReduction("all", "Whether it holds everywhere over the axes, among the present; true of none.");
