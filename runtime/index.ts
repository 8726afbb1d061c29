/** The door `neuro/runtime`: all that a build imports, and what TypeScript around it needs. */

export { generate } from "./answer/generate.ts";
export type { Draft, LanguageModel } from "./answer/model.ts";
export { quote } from "./answer/quote.ts";
export { rephrase } from "./answer/rephrase.ts";
export { type Dataset, type FileRows, jsonl, type RowSource } from "./data/dataset.ts";
export { against, greedy, pairs, sample, score, top } from "./data/functions.ts";
export type { Row } from "./data/row.ts";
export { NeuroError } from "./error.ts";
export type { Pipeline } from "./pipeline/pipeline.ts";
export type { Run } from "./pipeline/run.ts";
export { type Fusion, fuse } from "./retrieve/fuse.ts";
export { infocontext } from "./retrieve/infocontext.ts";
export type { Index } from "./retrieve/library.ts";
export type { IndexReport } from "./retrieve/make-index.ts";
export { type Ranker, rerank } from "./retrieve/rerank.ts";
export { search } from "./retrieve/search.ts";
export { brackets, confirmed, copied, footnotes, is_getoff } from "./reward/form.ts";
export type { Reward, Rewarded, Term } from "./reward/reward.ts";
export { hard, soft } from "./reward/soft.ts";
export type { IndexHandle, IndexStatus } from "./system/indexes.ts";
export type { ModelHandle, ModelHandle as Model } from "./system/models.ts";
export { type FilesSource, files, type SourceHandle } from "./system/sources.ts";
export { openSystem, type System, type SystemOptions } from "./system.ts";
export type { Recipe, RecipeReport } from "./train/recipe.ts";
export type { Version as Weights } from "./train/version.ts";
export * from "./types.ts";
export { at, collect, column, inside, range, tokens } from "./values.ts";
