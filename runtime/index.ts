/** The door `neuro/runtime`: all that a build imports, and what TypeScript around it needs. */

export { generate } from "./answer/generate.ts";
export type { Draft, LanguageModel } from "./answer/model.ts";
export { quote } from "./answer/quote.ts";
export { rephrase } from "./answer/rephrase.ts";
export { verify } from "./answer/verify.ts";
export { best_of_n, best_of_n_kl, ceiling } from "./data/best-of-n.ts";
export { agreeing, calibration_error, disagreement, log_loss, overrated } from "./data/calibration.ts";
export { cloze } from "./data/cloze.ts";
export { type Dataset, type FileRows, jsonl, labels, type RowSource } from "./data/dataset.ts";
export { causal, masked, ul2 } from "./data/denoising.ts";
export { expected } from "./data/expected.ts";
export { beams, greedy, sample } from "./data/functions.ts";
export { joined } from "./data/joined.ts";
export { agreement, consistency, position_skew, sign_test, win_rate, win_rate_interval } from "./data/labels.ts";
export { against, pairs } from "./data/pairs.ts";
export { mix, part } from "./data/parts.ts";
export type { Row } from "./data/row.ts";
export { finished, top } from "./data/select.ts";
export { score } from "./data/verdicts.ts";
export { NeuroError } from "./error.ts";
export { label } from "./label/label.ts";
export { labelled } from "./label/labelled.ts";
export { together } from "./measure/together.ts";
export {
  all,
  any,
  argmax,
  clip,
  count,
  logsumexp,
  max,
  mean,
  min,
  quantile,
  relu,
  sigmoid,
  softplus,
  std,
  sum,
} from "./numbers.ts";
export type { Pipeline } from "./pipeline/pipeline.ts";
export type { Run } from "./pipeline/run.ts";
export { feedback } from "./retrieve/feedback.ts";
export { type Fusion, fuse } from "./retrieve/fuse.ts";
export { infocontext } from "./retrieve/infocontext.ts";
export type { Index } from "./retrieve/library.ts";
export type { IndexReport } from "./retrieve/make-index.ts";
export { type Ranker, rerank } from "./retrieve/rerank.ts";
export { search } from "./retrieve/search.ts";
export type { Searchable } from "./retrieve/searchable.ts";
export { copied_coverage, copied_density, copied_in_order, kept } from "./reward/copying.ts";
export { brackets, confirmed, copied, footnotes, is_getoff } from "./reward/form.ts";
export type { Reward, Rewarded, Term } from "./reward/reward.ts";
export { shown } from "./reward/shown.ts";
export { hard, soft } from "./reward/soft.ts";
export type { IndexHandle, IndexStatus } from "./system/indexes.ts";
export type { ModelHandle, ModelHandle as Model } from "./system/models.ts";
export {
  beir,
  document,
  type FilesSource,
  files,
  opensearch,
  postgres,
  type SourceHandle,
  searxng,
  type ToolHandle,
  tool,
} from "./system/sources.ts";
export type { Trees } from "./system/trees.ts";
export { openSystem, type System, type SystemOptions } from "./system.ts";
export { adaptive, running } from "./train/following.ts";
export { better, exemplars, known, same, shares } from "./train/foresight.ts";
export { ema } from "./train/live.ts";
export type { Recipe, RecipeReport } from "./train/recipe.ts";
export { groups, rollouts } from "./train/rollouts.ts";
export type { Run as RecipeRun } from "./train/run.ts";
export { ramp } from "./train/schedule.ts";
export type { Version as Weights } from "./train/version.ts";
export { warm_start } from "./train/warm-start.ts";
export { boost, importance, valued } from "./trees/learn.ts";
export * from "./types.ts";
export { at, collect, column, inside, range, tokens } from "./values.ts";
