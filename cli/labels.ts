// Labels of a spec that several machines share by a state: brought together before a recipe runs, and after it.
import type { System } from "../runtime/system.ts";

/** Runs something between two looks at the state that is named, by an option or by NEURO_STATE; where none is, labels are files alone. */
export async function withLabels<T>(
  { name, root }: Pick<System, "name" | "root">,
  said: string | undefined,
  run: () => Promise<T>,
): Promise<T> {
  if ((said ?? process.env.NEURO_STATE ?? "") === "") return run();
  const { openState, statePlace } = await import("../runtime/state/state.ts");
  const { shareLabels } = await import("../runtime/label/shared.ts");
  const share = async () => {
    const state = await openState(statePlace(said, root));
    try {
      const { got, given } = await shareLabels(state, { system: name, root });
      if (got + given > 0) console.error(`labels: ${got} came from ${state.shown}, ${given} went there`);
    } finally {
      await state.close();
    }
  };
  // Hours may lie between the two: nothing is held open meanwhile.
  await share();
  const result = await run();
  await share();
  return result;
}
