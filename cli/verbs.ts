// The verbs of neuroc, one a file in verbs/. Whoever lists them (the help, the documentation) reads this table.

/** Every verb, in the order of the help; a file is loaded when its verb is asked for, and all are for the help. */
export const verbs: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  init: () => import("./verbs/init.ts"),
  check: () => import("./verbs/check.ts"),
  build: () => import("./verbs/build.ts"),
  fmt: () => import("./verbs/fmt.ts"),
  explain: () => import("./verbs/explain.ts"),
  profile: () => import("./verbs/profile.ts"),
  train: () => import("./verbs/train.ts"),
  merge: () => import("./verbs/merge.ts"),
  index: () => import("./verbs/index.ts"),
  ask: () => import("./verbs/ask.ts"),
  serve: () => import("./verbs/serve.ts"),
  eval: () => import("./verbs/eval.ts"),
  work: () => import("./verbs/work.ts"),
  import: () => import("./verbs/import.ts"),
  export: () => import("./verbs/export.ts"),
  doctor: () => import("./verbs/doctor.ts"),
  playground: () => import("./verbs/playground.ts"),
  docs: () => import("./verbs/docs.ts"),
  lsp: () => import("./verbs/lsp.ts"),
  calibrate: () => import("./verbs/calibrate.ts"),
};
