/** The door of evaluation: what the command line and benchmarks ask. */
export { contains, exactMatch, normalAnswer, wordF1 } from "./answers.ts";
export { type Scores, scoreRun } from "./average.ts";
export { readCorpus, readQrels, readQueries, writeBeir } from "./beir.ts";
export { compareRuns } from "./compare.ts";
export { type Answered, type EvalOptions, type Evaluation, evaluate, someQuestions } from "./evaluation.ts";
export { type Measure, measure, readMeasure } from "./measures.ts";
export { type Found, inOrder, type Judgments, type Rankings } from "./ranking.ts";
export type { EvalReport, Score, SystemReport } from "./report.ts";
export { corrected, type Interval, interval, meanInterval, pairedTest } from "./significance.ts";
export { type Grade, readGrade, type SimpleQa, simpleQa } from "./simpleqa.ts";
export type { EvalSpec, Rows } from "./spec.ts";
export { tableText } from "./table.ts";
export { type Query, readJudgments, readRun, readTopics, writeJudgments, writeRun } from "./trec.ts";
