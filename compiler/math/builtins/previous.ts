// The value at the place before; 0 before the first.
import { shift } from "./shifts.ts";

export const previous = shift("previous", "The value at the place before; 0 before the first.");
