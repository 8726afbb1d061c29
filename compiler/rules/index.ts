/** The rules in the order in which they run; none depends on what another found. */
import { addressRule } from "./address.ts";
import { confusableNamesRule } from "./confusable-names.ts";
import { decodingClashRule } from "./decoding-clash.ts";
import { draftTokenizerRule } from "./draft-tokenizer.ts";
import { evalFitsRule } from "./eval-fits.ts";
import { externDiffersRule } from "./extern-differs.ts";
import { fieldTwiceRule } from "./field-twice.ts";
import { indexFitsRule } from "./index-fits.ts";
import { metricOfOtherTaskRule } from "./metric-of-other-task.ts";
import { nameCaseRule } from "./name-case.ts";
import { notCheckedRule } from "./not-checked.ts";
import { overWindowRule } from "./over-window.ts";
import { quantizationClashRule } from "./quantization-clash.ts";
import { recipeCalledRule } from "./recipe-called.ts";
import { reversedRangeRule } from "./reversed-range.ts";
import type { Rule } from "./rule.ts";
import { serveFitsRule } from "./serve-fits.ts";
import { stageFitsRule } from "./stage-fits.ts";
import { subRecipeTokenizersRule } from "./sub-recipe-tokenizers.ts";
import { unitRule } from "./unit.ts";
import { unreachableRule } from "./unreachable.ts";
import { untypedFieldRule } from "./untyped-field.ts";
import { unusedImportRule } from "./unused-import.ts";
import { unusedMetricRule } from "./unused-metric.ts";

export const rules: readonly Rule[] = Object.freeze([
  unitRule,
  reversedRangeRule,
  fieldTwiceRule,
  nameCaseRule,
  confusableNamesRule,
  unreachableRule,
  unusedImportRule,
  unusedMetricRule,
  overWindowRule,
  draftTokenizerRule,
  subRecipeTokenizersRule,
  recipeCalledRule,
  untypedFieldRule,
  decodingClashRule,
  notCheckedRule,
  quantizationClashRule,
  metricOfOtherTaskRule,
  evalFitsRule,
  serveFitsRule,
  indexFitsRule,
  stageFitsRule,
  addressRule,
  externDiffersRule,
]);
