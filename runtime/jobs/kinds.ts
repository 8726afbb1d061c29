/** What workers can do, by the name of its kind. */
import { evalKind } from "./evaluating.ts";
import { indexKind } from "./indexing.ts";
import type { Kind } from "./worker.ts";

export const kinds: Readonly<Record<string, Kind>> = { index: indexKind, eval: evalKind };
