/** Every diagnostic of the checker by code; a file that is missing here is found by the test beside it. */

import { absentAxis } from "./absent_axis.ts";
import { absentContraction } from "./absent_contraction.ts";
import { ambiguousBroadcast } from "./ambiguous_broadcast.ts";
import { axesDiffer } from "./axes_differ.ts";
import { axisInUse } from "./axis_in_use.ts";
import { axisOrder } from "./axis_order.ts";
import { axisTwice } from "./axis_twice.ts";
import { boolAsNumber } from "./bool_as_number.ts";
import { boundTwice } from "./bound_twice.ts";
import { chainedComparison } from "./chained_comparison.ts";
import { confusableNames } from "./confusable_names.ts";
import { constantLoss } from "./constant_loss.ts";
import { cyclicDefinition } from "./cyclic_definition.ts";
import { cyclicImport } from "./cyclic_import.ts";
import { decodingClash } from "./decoding_clash.ts";
import type { DiagnosticRecord } from "./define.ts";
import { differentTexts } from "./different_texts.ts";
import { endsWithBlock } from "./ends_with_block.ts";
import { equalRuns } from "./equal_runs.ts";
import { externDiffers } from "./extern_differs.ts";
import { fieldTwice } from "./field_twice.ts";
import { guardMisfit } from "./guard_misfit.ts";
import { leakyBaseline } from "./leaky_baseline.ts";
import { liveOutsideFit } from "./live_outside_fit.ts";
import { lossHasAxes } from "./loss_has_axes.ts";
import { metricOfOtherTask } from "./metric_of_other_task.ts";
import { missingArgument } from "./missing_argument.ts";
import { missingField } from "./missing_field.ts";
import { missingFile } from "./missing_file.ts";
import { missingReference } from "./missing_reference.ts";
import { missingUnit } from "./missing_unit.ts";
import { nameCase } from "./name_case.ts";
import { nameTwice } from "./name_twice.ts";
import { noGradient } from "./no_gradient.ts";
import { noMinimize } from "./no_minimize.ts";
import { notAccumulable } from "./not_accumulable.ts";
import { notChecked } from "./not_checked.ts";
import { notInThisVersion } from "./not_in_this_version.ts";
import { notMeasured } from "./not_measured.ts";
import { notPackable } from "./not_packable.ts";
import { otherwiseType } from "./otherwise_type.ts";
import { outsideRange } from "./outside_range.ts";
import { overWindow } from "./over_window.ts";
import { probNeedsLog } from "./prob_needs_log.ts";
import { quantizationClash } from "./quantization_clash.ts";
import { raggedSplit } from "./ragged_split.ts";
import { rebindInFor } from "./rebind_in_for.ts";
import { recipeCalled } from "./recipe_called.ts";
import { remoteModel } from "./remote_model.ts";
import { reversedRange } from "./reversed_range.ts";
import { rowLacksField } from "./row_lacks_field.ts";
import { scheduleOutsideFit } from "./schedule_outside_fit.ts";
import { sizeNotDivisible } from "./size_not_divisible.ts";
import { softNeedsComparison } from "./soft_needs_comparison.ts";
import { stageMisfit } from "./stage_misfit.ts";
import { staleRollouts } from "./stale_rollouts.ts";
import { termNotNumber } from "./term_not_number.ts";
import { tokenizersDiffer } from "./tokenizers_differ.ts";
import { totalMissing } from "./total_missing.ts";
import { trainsNothing } from "./trains_nothing.ts";
import { unitsDiffer } from "./units_differ.ts";
import { unknownField } from "./unknown_field.ts";
import { unknownImport } from "./unknown_import.ts";
import { unknownKind } from "./unknown_kind.ts";
import { unknownName } from "./unknown_name.ts";
import { unknownParameter } from "./unknown_parameter.ts";
import { unknownType } from "./unknown_type.ts";
import { unknownUnit } from "./unknown_unit.ts";
import { unreachable } from "./unreachable.ts";
import { untypedField } from "./untyped_field.ts";
import { unusedName } from "./unused_name.ts";
import { weightsDiffer } from "./weights_differ.ts";
import { wrongGivens } from "./wrong_givens.ts";
import { wrongType } from "./wrong_type.ts";
import { wrongUnit } from "./wrong_unit.ts";

// Records differ in their facts, which only the reporter of each knows; a reader of the list needs none.
const all: readonly DiagnosticRecord<never>[] = [
  absentAxis,
  absentContraction,
  ambiguousBroadcast,
  axesDiffer,
  axisInUse,
  axisOrder,
  axisTwice,
  boolAsNumber,
  boundTwice,
  chainedComparison,
  confusableNames,
  constantLoss,
  cyclicDefinition,
  cyclicImport,
  decodingClash,
  differentTexts,
  endsWithBlock,
  equalRuns,
  externDiffers,
  fieldTwice,
  guardMisfit,
  leakyBaseline,
  liveOutsideFit,
  lossHasAxes,
  metricOfOtherTask,
  missingArgument,
  missingField,
  missingFile,
  missingReference,
  missingUnit,
  nameCase,
  nameTwice,
  noGradient,
  noMinimize,
  notAccumulable,
  notChecked,
  notInThisVersion,
  notMeasured,
  notPackable,
  otherwiseType,
  outsideRange,
  overWindow,
  probNeedsLog,
  quantizationClash,
  raggedSplit,
  rebindInFor,
  recipeCalled,
  remoteModel,
  reversedRange,
  rowLacksField,
  scheduleOutsideFit,
  sizeNotDivisible,
  softNeedsComparison,
  stageMisfit,
  staleRollouts,
  termNotNumber,
  tokenizersDiffer,
  totalMissing,
  trainsNothing,
  unitsDiffer,
  unknownField,
  unknownImport,
  unknownKind,
  unknownName,
  unknownParameter,
  unknownType,
  unknownUnit,
  unreachable,
  untypedField,
  unusedName,
  weightsDiffer,
  wrongGivens,
  wrongType,
  wrongUnit,
];

/** By code, in order of the alphabet. */
export const diagnostics: ReadonlyMap<string, DiagnosticRecord<never>> = new Map(all.map((record) => [record.code, record]));
