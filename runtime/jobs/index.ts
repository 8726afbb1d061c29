/** The door of jobs: what the command line asks. */
export { evaluateByJobs } from "./evaluating.ts";
export { indexByJobs } from "./indexing.ts";
export { type Jobs, openJobs, type Standing } from "./jobs.ts";
export { kinds } from "./kinds.ts";
export { type Worked, work } from "./worker.ts";
