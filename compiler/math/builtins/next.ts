// The value at the next place; 0 after the last that exists.
import { shift } from "./shifts.ts";

export const next = shift("next", "The value at the next place of an axis; 0 after the last that exists.");
