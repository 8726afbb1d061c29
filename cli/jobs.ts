// What verbs share that divide work, or take parts of it: where the state lies, and the queue in it.
import { join } from "node:path";
import type { Jobs } from "../runtime/jobs/index.ts";

/** The option of verbs that use the state. */
export const stateOption = {
  type: "string",
  describe: "where jobs lie: postgres://.. or a folder; NEURO_STATE, then .state beside the spec, when not given",
} as const;

/** Opens the queue in the state of a spec, for as long as the work takes. */
export async function withJobs<T>(
  root: string,
  said: string | undefined,
  use: (jobs: Jobs, shown: string) => Promise<T>,
): Promise<T> {
  const { openState, statePlace } = await import("../runtime/state/state.ts");
  const { openJobs } = await import("../runtime/jobs/index.ts");
  const state = await openState(statePlace(said, join(root, ".state")));
  try {
    const jobs = await openJobs(state);
    try {
      return await use(jobs, state.shown);
    } finally {
      await jobs.close();
    }
  } finally {
    await state.close();
  }
}
