/** A drawn ranking table: questions with documents whose worth depends on columns in ways that trees must find, and on the question. */
import { stream } from "../../random.ts";
import { type Table, tableOf } from "../table.ts";

/** So many groups of 2 to 20 rows; the last column says nothing, the first has missing values where the target is low. */
export function drawnTable(seed: number, groups: number): Table {
  const draw = stream(seed, "ranking");
  const rows = Array.from({ length: groups }, (_, group) => {
    const level = draw.normal();
    return Array.from({ length: 2 + draw.below(19) }, () => {
      const [a, b, c, nothing] = [draw.normal(), draw.normal(), draw.normal(), draw.normal()];
      const target = Math.sin(2 * a) + (b > 0.3 ? c : -0.5) + 0.1 * draw.normal();
      return { values: [target < -1 ? Number.NaN : a, b, c, nothing], target: target + level, group };
    });
  }).flat();
  return tableOf(["a", "b", "c", "nothing"], rows);
}
