/** Arguments that have met their parameters are looked at one by one: type, unit, range, role. */
import type * as ast from "../../grammar/index.ts";
import { liveOutsideFit } from "../diagnostics/live_outside_fit.ts";
import { rowLacksField } from "../diagnostics/row_lacks_field.ts";
import { scheduleOutsideFit } from "../diagnostics/schedule_outside_fit.ts";
import { type Bindings, isA, joinRecords } from "../fits.ts";
import type { Parameter, RecordType, Signature, Type } from "../types.ts";
import { accept } from "./accept.ts";
import type { Met } from "./arguments.ts";
import type { Walker } from "./walker.ts";

/** Whether every argument fits; what does not is said. Rows come before what is written about them, so that functions over rows know their fields. */
export function acceptArguments(
  signature: Signature,
  met: Met,
  node: ast.Call,
  name: string,
  walker: Walker,
  bindings: Bindings,
): boolean {
  let ok = met.ok;
  for (const parameter of signature.parameters) {
    const arg = met.args.get(parameter.name);
    if (!arg) continue;
    const type = accept(arg.value, wantedBy(parameter, name), walker, bindings);
    if (type.kind === "unknown") ok = false;
    else if (parameter.role === "live") checkLive(arg, parameter, name, walker);
  }
  // Arguments that met nothing were reported; what is wrong inside them is still said.
  const seen = new Set([...met.args.values(), ...met.extra.values(), ...met.open]);
  for (const arg of node.args) if (!seen.has(arg)) walker.infer(arg.value);
  return ok;
}

/** A parameter as a place for a value. */
export const wantedBy = (parameter: Parameter, callee: string) => ({
  type: parameter.type,
  what: `\`${parameter.name}\` of ${callee}`,
  ...(parameter.unit ? { unit: parameter.unit } : {}),
  ...(parameter.range ? { range: parameter.range } : {}),
  ...(parameter.moves ? { moves: true as const } : {}),
});

function checkLive(arg: ast.Arg, parameter: Parameter, name: string, walker: Walker): void {
  const { fitting, place, declaration } = walker.where;
  const given = arg.value.kind === "Name" ? arg.value.text : undefined;
  if (given !== undefined && fitting?.has(given)) return;
  // A parameter of a sub-recipe or function that is itself marked live passes the duty on.
  const entity = arg.value.kind === "Name" ? walker.program.names.get(arg.value) : undefined;
  if (entity?.entity === "parameter" && entity.role === "live") return;
  if (place === "setting" && !declaration) return;
  walker.report(liveOutsideFit, arg.span, { callee: name, parameter: parameter.name });
}

/** `by: quality`: the reward's parameters are fields of the rows that it is asked about. */
export function checkReward(signature: Signature, met: Met, result: Type, name: string, walker: Walker): void {
  const parameter = signature.parameters.find((each) => each.type.kind === "host" && each.type.name === "Reward");
  const arg = parameter && met.args.get(parameter.name);
  const reward = arg && walker.program.typeOf(arg.value);
  if (!arg || !reward || reward.kind !== "fn" || !isA(reward, "reward")) return;
  if (!signature.parameters.some((each) => each.role === "live")) checkStill(arg, reward, walker);
  const row = rowsSeen(signature, met, result, walker);
  if (!row || row.plus) return;
  const names = reward.signature.parameters
    .filter((each) => !each.optional && !row.fields.has(each.name) && !reward.fixed?.has(each.name))
    .map((each) => each.name);
  const reader = reward.symbol?.entity === "declaration" ? `The reward ${reward.symbol.name}` : `The reward of ${name}`;
  if (names.length > 0) walker.report(rowLacksField, arg.span, { names, reader, has: [...row.fields.keys()] });
}

/** A Schedule moves with the steps of a fit; where rows are made once there are none. */
export function checkStill(arg: ast.Arg, given: Type, walker: Walker): void {
  if (given.kind !== "fn") return;
  const moving = [...(given.fixed ?? [])].find(([, type]) => type.kind === "host" && type.name === "Schedule");
  if (moving) walker.report(scheduleOutsideFit, arg.span, { parameter: moving[0] });
}

/** What a reward sees of rows: the fields that go in and those that come out. Without rows going in nothing is known. */
function rowsSeen(signature: Signature, met: Met, result: Type, walker: Walker): RecordType | undefined {
  for (const parameter of signature.parameters) {
    const arg = met.args.get(parameter.name);
    const type = arg && walker.program.typeOf(arg.value);
    if (type?.kind !== "rows") continue;
    const joined = joinRecords([
      type.row,
      ...(writes(signature) ? [answered] : []),
      ...(result.kind === "rows" ? [result.row] : []),
    ]);
    return joined.kind === "record" ? joined : undefined;
  }
  return undefined;
}

/** What a model that is asked for answers adds to a row before a reward sees it. */
const answered: Type = {
  kind: "record",
  fields: new Map([["answer", { type: { kind: "host", name: "Answer" }, optional: false }]]),
};

/** Whether a function of rows has language models among its parameters: rows are given answers by them. */
const writes = (signature: Signature): boolean =>
  signature.parameters.some(({ type }) => {
    const of = type.kind === "list" ? type.of : type;
    return of.kind === "model" && of.head === "LanguageModel";
  });
