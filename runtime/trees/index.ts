/** The door of the trees: a model, ways in and out of files, training, scoring, and the columns a search gives. */

export { type Boosting, boost, type Progressed, usual } from "./boost.ts";
export { type Bordering, mostBorders } from "./borders.ts";
export { catboostJson, readCatboost, writeCatboost } from "./catboost.ts";
export { type Found, featuresOf, searchFeatures } from "./features.ts";
export { importance, lossChange } from "./importance.ts";
export { type Loss, type LossName, losses, ndcg } from "./losses.ts";
export { columnsOf, type Feature, type Forest, namesOf, predictOne, type Split, type Tree } from "./model.ts";
export { readTreesOnnx } from "./onnx-read.ts";
export { treesOnnx, writeTreesOnnx } from "./onnx-write.ts";
export { type Scorer, scorerOf } from "./score.ts";
export { heldOut, picked, type Table, type TableRow, tableOf } from "./table.ts";
