// A measurement of host code becomes a program: its formula over rows that are in flight together, each with a value of its own.
//
// Every model stands behind its label (`judge/table`), whichever version it is. Texts are named as rows name them (`prompt`, `documents`), so that
// they are laid out as training lays them out; `fields` says what of the given fills each. Knows nothing of how rows come together.
import type { Node as Tree } from "../../grammar/index.ts";
import { early } from "../../kernels/derive/early.ts";
import * as k from "../../kernels/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { diagnose } from "../diagnostics/define.ts";
import { notInThisVersion } from "../diagnostics/not_in_this_version.ts";
import { notMeasured } from "../diagnostics/not_measured.ts";
import { type Axis, axis, keyOf } from "../math/axis.ts";
import type { MathContext } from "../math/door.ts";
import { openWorld } from "../math/index.ts";
import { numberNode, spread } from "../math/nodes.ts";
import { batch, textHosts } from "../math/rows.ts";
import { openScope, type Scope } from "../math/scope.ts";
import { constant } from "../math/size.ts";
import { toKernel } from "../math/trace.ts";
import { type ModelValue, type Tensor, tensor, unknownValue, type Value } from "../math/value.ts";
import { evaluate } from "../math/walk.ts";
import type { Asked, Given, Measured } from "../measured.ts";
import type { Type } from "../types.ts";
import { visit } from "../visit.ts";
import { fed, type LoweredProgram } from "./alone.ts";
import type { Feed, Feeds } from "./feeds.ts";
import type { Instance, Placed } from "./instance.ts";
import { type RemoteMeasure, remoteMeasure } from "./remote.ts";
import { Tracer } from "./tracer.ts";

/** A measurement's programs: one for each way in which its models may be chosen. */
export interface LoweredMeasure {
  readonly name: string;
  /** By field of a row, where its value lies in what is given: `answer`, or `row.left`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly programs: readonly {
    readonly lowered: LoweredProgram;
    /** The declared model behind each label. */
    readonly models: Readonly<Record<string, string>>;
    /** The cases of the enumeration that the result has a number for. */
    readonly cases?: readonly string[];
  }[];
  /** Where the model is behind an address: it is asked in words. */
  readonly remote?: RemoteMeasure;
}

/** The rows that are measured together. */
const rows: Axis = { ...batch, each: true };

/** The programs of a measurement; none where nobody calls the function that it stands in with a model. Faults go to the context. */
export function measurePrograms(
  checked: Checked,
  context: MathContext,
  measured: Measured,
  instances: ReadonlyMap<string, Instance>,
): LoweredMeasure {
  const programs: LoweredMeasure["programs"][number][] = [];
  let fields: Readonly<Record<string, string>> = {};
  const remote = measured.asked.find((each) => modelsOf(checked, each, measured.owner).some((name) => isRemote(checked, name)));
  if (remote) {
    const asked = remoteMeasure(checked, measured);
    if (asked) return { name: measured.name, fields: asked.fields, programs: [], remote: asked };
    const facts = { name: remote.label, kind: "formula over a judge behind an address" };
    context.report(diagnose(notInThisVersion, measured.node.span, facts));
  }
  const ways = choices(checked, measured, instances);
  for (const models of ways) {
    const named = Object.values(models).join(".");
    const name = ways.length === 1 ? `measure.${measured.name}` : `measure.${measured.name}.${named}`;
    const made = new Lowering(context, measured, models, instances).program(name);
    if (!made) continue;
    programs.push({ lowered: made.lowered, models, ...(made.cases && { cases: made.cases }) });
    fields = made.fields;
  }
  return { name: measured.name, fields, programs };
}

/** Which declared models may stand behind the labels: one, but where a model is a parameter as many as it is called with. */
function choices(
  checked: Checked,
  { asked, owner }: Measured,
  instances: ReadonlyMap<string, Instance>,
): Record<string, string>[] {
  let ways: Record<string, string>[] = [{}];
  for (const each of asked) {
    const names = modelsOf(checked, each, owner).filter((name) => instances.has(name));
    ways = ways.flatMap((way) => names.map((name) => ({ ...way, [each.label]: name })));
  }
  return ways;
}

function modelsOf(checked: Checked, { type, written, declaration }: Asked, owner: Declaration): readonly string[] {
  if (type.name !== undefined || declaration) return [type.name ?? declaration!.name];
  const value = written?.value;
  const entity = value?.kind === "Name" ? checked.resolved(value) : undefined;
  return entity?.entity === "parameter" ? modelsGiven(checked, owner, entity.name, new Set()) : [];
}

/** Whether the spec's model of this name is behind an address. */
function isRemote(checked: Checked, name: string): boolean {
  const all = checked.modules.filter((module) => !module.std).flatMap((module) => [...module.declarations.values()]);
  const found = all.find((each) => each.word === "model" && each.name === name);
  const type = found && checked.declared(found);
  return type?.kind === "model" && type.remote === true;
}

/** The declared models that calls give to a parameter. */
function modelsGiven(checked: Checked, owner: Declaration, parameter: string, seen: Set<string>): readonly string[] {
  const key = `${owner.module.path} ${owner.name} ${parameter}`;
  if (seen.has(key)) return [];
  seen.add(key);
  const found = new Set<string>();
  for (const caller of checked.modules.flatMap((module) => [...module.declarations.values()])) {
    if (!checked.mentions(caller).has(owner)) continue;
    visit(caller.node, (node: Tree) => {
      if (node.kind !== "Call" || node.callee.kind !== "Name" || checked.resolved(node.callee) !== owner) return;
      const value = checked.call(node)?.args.get(parameter)?.value;
      const type = value && checked.typeOf(value);
      if (type?.kind === "model" && type.name !== undefined) found.add(type.name);
      else if (value?.kind === "Name") for (const name of modelsGiven(checked, caller, value.text, seen)) found.add(name);
    });
  }
  return [...found];
}

/** One formula on its way to a program. */
class Lowering {
  private readonly context: MathContext;
  private readonly measured: Measured;
  private readonly models: Readonly<Record<string, string>>;
  private readonly tracer: Tracer;
  private readonly instances: ReadonlyMap<string, Instance>;
  private readonly fields: Record<string, string> = {};
  private readonly feeds: Record<string, Feed> = {};

  constructor(
    context: MathContext,
    measured: Measured,
    models: Readonly<Record<string, string>>,
    instances: ReadonlyMap<string, Instance>,
  ) {
    this.context = context;
    this.measured = measured;
    this.models = models;
    this.instances = instances;
    const placed = Object.entries(models).map(([label, name]): [string, Placed] => [
      label,
      { instance: instances.get(name)!, prefix: `${label}/`, trained: true },
    ]);
    this.tracer = new Tracer({ models: new Map(placed), text: (file) => context.text?.(file) });
  }

  program(name: string): { lowered: LoweredProgram; fields: Record<string, string>; cases?: readonly string[] } | undefined {
    const { tracer, measured } = this;
    if (this.tokenizers() > 1) {
      const facts = { name: measured.name, kind: "measurement by models of two tokenizers, which two measurements could take," };
      this.context.report(diagnose(notInThisVersion, measured.node.span, facts));
      return undefined;
    }
    const world = openWorld(this.context, tracer);
    tracer.world = world;
    const scope = openScope(world, "fn", measured.node.span.file, { frame: 0 });
    scope.axes.set("batch", rows);
    for (const label of Object.keys(this.models)) scope.values.set(label, this.model(label));
    for (const given of measured.given) scope.values.set(given.name, this.value(given.name, given.type, given));
    const value = evaluate(scope, measured.formula);
    const own = value.kind === "tensor" ? value.axes.filter((a) => !a.each) : undefined;
    if (value.kind !== "tensor" || !own || own.length > 1 || own.some((a) => !a.cases)) {
      if (world.faults === 0) this.refuse(scope, value);
      return undefined;
    }
    const order = [keyOf(rows), ...own.map(keyOf)];
    const node = value.elem === "bool" ? k.cast(value.node!, "f32") : numberNode(value);
    const program = k.program(name, [k.output("value", "value", spread(node, [rows, ...own]), order)]);
    const lowered = fed(k.optimized(early(program, tracer.joinedTexts)), { ...tracer.feeds, ...this.feeds });
    return { lowered, fields: this.read(lowered.feeds), ...(own[0]?.cases && { cases: own[0].cases }) };
  }

  /** The fields that a program reads; a record that it is given may have others. */
  private read(feeds: Feeds): Record<string, string> {
    const read = new Set(
      Object.values(feeds).flatMap((feed) => [
        ...("given" in feed ? feed.given : []),
        ...("field" in feed ? [feed.field] : []),
        ...("of" in feed ? [feed.of] : []),
      ]),
    );
    return Object.fromEntries(Object.entries(this.fields).filter(([field]) => read.has(field)));
  }

  private refuse(scope: Scope, value: Value): void {
    const axes = value.kind === "tensor" ? value.axes.filter((a) => !a.each).map((a) => a.name) : [];
    const found = axes.length > 0 ? `a tensor over ${axes.join(", ")}` : "no number";
    const { node } = this.measured;
    this.context.report(diagnose(notMeasured, node.span, { found, whole: false, source: sourceOf(scope, node) }));
  }

  /** How many tokenizers its models have: a text is cut once. */
  private tokenizers(): number {
    const named = Object.values(this.models).map((model) => {
      const field = this.instances.get(model)!.decl.fields.entries.find(({ label }) => label.text === "tokenizer")?.value;
      return field?.kind === "Name" ? field.text : "";
    });
    return new Set(named).size;
  }

  private model(label: string): ModelValue {
    const { head, over } = this.instances.get(this.models[label]!)!;
    const along = over && axis(over.name, { size: constant(over.cases.length), cases: over.cases });
    return { kind: "model", name: label, head, role: "frozen", ...(along && { over: along }) };
  }

  /** What a host value is in the formula; `path` says where it lies in what is given. */
  private value(path: string, type: Type, given?: Given): Value {
    const name = path.slice(path.lastIndexOf(".") + 1);
    switch (type.kind) {
      case "int":
      case "float":
        return tensor("float", [rows], { node: this.number(path, name) });
      case "bool":
        return tensor("bool", [rows], { node: k.gt(this.number(path, name), 0) });
      case "enum":
        return this.caseOf(path, name, type.name, type.cases);
      case "var":
        return this.variable(path, name);
      case "text":
        return this.text(path, name, "Text");
      case "host":
        return textHosts.includes(type.name) ? this.text(path, name, type.name) : unknownValue;
      case "list":
        return type.of.kind === "host" || type.of.kind === "record" ? this.text(path, name, "Docs") : unknownValue;
      case "tensor":
        return this.byCase(path, type.axes[0]);
      case "record": {
        const own = [...type.fields].map(([field, { type: of }]) => [field, this.value(`${path}.${field}`, of)] as const);
        return { kind: "row", name: given?.name ?? name, fields: new Map(own) };
      }
      default:
        return unknownValue;
    }
  }

  /** The name of a row's field for what lies at a path; texts of one kind have the names that rows of data have. */
  private field(path: string, wanted: string): string {
    let field = wanted;
    for (let at = 2; this.fields[field] !== undefined && this.fields[field] !== path; at++) field = `${wanted}${at}`;
    this.fields[field] = path;
    return field;
  }

  private number(path: string, name: string): k.Node {
    const field = this.field(path, name);
    this.feeds[field] = { kind: "number", field };
    return k.at([], () => k.input(field, "data", "f32", [toKernel(rows)]));
  }

  private caseOf(path: string, name: string, of: string, cases: readonly string[]): Tensor {
    const field = this.field(path, name);
    this.feeds[field] = { kind: "case", field, cases };
    const node = k.at([], () => k.input(field, "data", "i32", [toKernel(rows)]));
    return tensor("int", [rows], { node, cases: { name: of, cases } });
  }

  /** A value of `A` where the function has a judge over `A`: one of the cases of the judge that is asked. */
  private variable(path: string, name: string): Value {
    const over = Object.values(this.models)
      .map((model) => this.instances.get(model)!.over)
      .find((each) => each !== undefined);
    return over ? this.caseOf(path, name, over.name, over.cases) : unknownValue;
  }

  /** A number for each case of an enumeration, as a measurement before gave it. */
  private byCase(path: string, along: Axis | undefined): Value {
    if (!along?.cases) return unknownValue;
    const parts = along.cases.map((each) => this.number(`${path}.${each}`, `${path}.${each}`));
    const over = { ...along, frame: 0, size: constant(along.cases.length) };
    return tensor("float", [rows, over], { node: k.stack(parts, keyOf(over)) });
  }

  private text(path: string, name: string, host: string): Value {
    const kind = host === "Dialog" ? "prompt" : host === "Docs" || host === "Doc" || host === "Context" ? "documents" : name;
    const field = this.field(path, kind);
    return { kind: "text", host, text: { id: `row.${field}`, name: field }, axes: [rows] };
  }
}

const sourceOf = (scope: Scope, node: { readonly span: { file: string; start: number; end: number } }): string =>
  scope.world.context.text?.(node.span.file)?.slice(node.span.start, node.span.end) ?? "it";
