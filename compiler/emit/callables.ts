/** Declarations that run, as TypeScript functions: pipelines in which bindings start when their inputs are ready, rewards that record every term, recipes, host functions. */
import type * as ast from "../../grammar/index.ts";
import { type Declaration, type Entity, isLearned } from "../declarations.ts";
import type { Parameter, Type } from "../types.ts";
import { isStage, stageText } from "./call.ts";
import type { Emitter } from "./emitter.ts";
import { Writer } from "./expression.ts";
import { numberText, textLiteral } from "./literal.ts";
import { isRemote } from "./remote.ts";
import { blockText, bodyText } from "./statements.ts";
import { isSubRecipe } from "./step.ts";
import { tellingCalls } from "./telling.ts";
import { propertyName, typeText } from "./types.ts";

type Running = Declaration & { readonly node: ast.Callable };

/** Whether `callableText` can write it: mathematics is compiled into programs instead. */
export function isRunning(declaration: Declaration): declaration is Running {
  return declaration.node.kind === "Callable" && ["pipeline", "reward", "train"].includes(declaration.word);
}

/** The exported constant of a pipeline, reward or recipe. */
export function callableText(declaration: Running, emit: Emitter): string {
  const head = `${documentation(declaration.node, emit)}export const ${emit.declaration(declaration)} = `;
  const name = `${textLiteral(declaration.name)}, ${textLiteral(emit.where(declaration.node.span))}`;
  switch (declaration.word) {
    case "pipeline":
      return `${head}system.pipeline(${name}, ${pipelineText(declaration, emit)});`;
    case "reward":
      return `${head}system.reward(${name}, ${rewardText(declaration, emit)}, ${rewardFacts(declaration, emit)});`;
    default:
      return isSubRecipe(declaration)
        ? `${documentation(declaration.node, emit)}async function ${emit.declaration(declaration)}${recipeText(declaration, emit)}`
        : `${head}system.recipe(${name}, async ${recipeText(declaration, emit)});`;
  }
}

/** A host `fn` of the spec, and whether it is asynchronous. */
export function functionText(declaration: Running, emit: Emitter): { text: string; awaits: boolean } {
  const w = new Writer(emit, { place: "fn", promised: new Set() });
  const params = parametersText(declaration, emit, w);
  const { body, value } = declaration.node;
  const result = emit.checked.signature(declaration)?.result;
  const block = body ? blockText(body, w, names(declaration)) : `{\nreturn ${value ? w.expr(value) : "undefined"};\n}`;
  const type = result ? typeText(result, emit) : "unknown";
  const text = `${documentation(declaration.node, emit)}${w.awaits ? "async " : ""}function ${emit.declaration(declaration)}(${params}): ${w.awaits ? `Promise<${type}>` : type} ${block}`;
  return { text, awaits: w.awaits };
}

const names = (declaration: Running) => new Set((declaration.node.params ?? []).map((param) => param.name.text));

function documentation(node: ast.Callable, emit: Emitter): string {
  const lines = [...(node.docs?.text.split("\n") ?? []), emit.where(node.span)];
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : `/**\n${lines.map((line) => ` * ${line.replace(/\*\//g, "* /")}`).join("\n")}\n */\n`;
}

function parametersText(declaration: Running, emit: Emitter, w: Writer): string {
  const signature = emit.checked.signature(declaration);
  return (declaration.node.params ?? [])
    .map((param) => {
      const type = signature?.parameters.find((p) => p.name === param.name.text)?.type;
      return `${emit.local(param.name.text)}: ${type ? typeText(isSubRecipe(declaration) ? asVersion(type) : type, emit) : "unknown"}${param.default ? ` = ${w.expr(param.default)}` : ""}`;
    })
    .join(", ");
}

/** Models are versions of weights within a recipe. */
function asVersion(type: Type): Type {
  if (type.kind === "list") return { kind: "list", of: asVersion(type.of) };
  return type.kind === "model" ? { kind: "weights" } : type;
}

function pipelineText(declaration: Running, emit: Emitter): string {
  const promised = new Set<Entity>();
  const w = new Writer(emit, {
    place: "pipeline",
    promised,
    telling: tellingCalls(declaration, emit.checked),
    ...(emit.compared.has(declaration) ? { compared: declaration } : {}),
  });
  const params = parametersText(declaration, emit, w);
  const result = emit.checked.signature(declaration)?.result;
  const statements =
    declaration.node.body?.stmts ?? (declaration.node.value ? [expressionStatement(declaration.node.value)] : []);
  const lines = statements.map((statement, at) => pipelineLine(statement, w, promised, at === statements.length - 1));
  return `async (run${params ? `, ${params}` : ""})${result ? `: Promise<${typeText(result, emit)}>` : ""} => {\n${lines.join("\n")}\n}`;
}

const expressionStatement = (value: ast.Expr): ast.ExprStmt => ({ kind: "ExprStmt", value, span: value.span });

/** A binding of a pipeline: a stage starts at once and is a promise; what needs promises becomes one; the rest is a plain constant. */
function pipelineLine(statement: ast.Stmt, w: Writer, promised: Set<Entity>, last: boolean): string {
  if (statement.kind === "LocalFn")
    return bodyText({ kind: "Body", stmts: [statement], span: statement.span }, w, new Set(), false);
  if (statement.kind !== "Bind" && statement.kind !== "ExprStmt") return "";
  if (w.emit.checked.measurements.isInner(statement.value)) return "";
  const inner = new Writer(w.emit, w.flow);
  const stage = stageOf(statement.value, w);
  const value = stage ? stageText(stage.node, stage.callee, w.emit.checked.call(stage.node), inner) : inner.expr(statement.value);
  const later = stage || inner.awaits;
  const text = stage ? value : inner.awaits ? `run.later(async () => ${value.startsWith("{") ? `(${value})` : value})` : value;
  if (statement.kind === "ExprStmt") return last ? `return ${text};` : `${text};`;
  if (later) for (const entity of w.emit.checked.bound(statement)) promised.add(entity);
  const name = w.emit.local(statement.names[0]?.text ?? "_");
  return `const ${name} = ${text};${last ? `\nreturn ${name};` : ""}`;
}

function stageOf(value: ast.Expr, w: Writer): { node: ast.Call; callee: Declaration } | undefined {
  if (value.kind !== "Call" || value.callee.kind !== "Name") return undefined;
  const callee = w.emit.checked.resolved(value.callee);
  return isStage(callee) ? { node: value, callee } : undefined;
}

function rewardText(declaration: Running, emit: Emitter): string {
  const w = new Writer(emit, { place: "reward", promised: new Set(), context: "at" });
  const signature = emit.checked.signature(declaration);
  const params = signature?.parameters ?? [];
  const given = params.filter((p) => !p.optional).map((p) => w.entry(p.name, emit.local(p.name)));
  const lines = [
    `const { ${given.join(", ")} } = row;`,
    ...params.filter((p) => p.optional).map((p) => defaultLine(declaration, p, w)),
  ];
  for (const statement of declaration.node.body?.stmts ?? []) {
    if (statement.kind !== "Bind") {
      lines.push(bodyText({ kind: "Body", stmts: [statement], span: statement.span }, w, new Set(), false));
      continue;
    }
    const name = statement.names[0]!.text;
    const value = w.expr(statement.value);
    lines.push(
      name === "total" ? `return term("total", ${value});` : `const ${emit.local(name)} = term(${textLiteral(name)}, ${value});`,
    );
  }
  const row = params.map((p) => `${propertyName(p.name)}${p.optional ? "?" : ""}: ${typeText(p.type, emit)}`).join("; ");
  return `async (row: { ${row} }, { term, at }) => {\n${lines.join("\n")}\n}`;
}

/** What a reward means, as a hash; which fields it cannot do without; and the ranges of its numbers. */
function rewardFacts(declaration: Running, emit: Emitter): string {
  const params = emit.checked.signature(declaration)?.parameters ?? [];
  const ranges = params.flatMap(({ name, range }) => {
    if (!range) return [];
    const ends = [range.low ?? -Infinity, range.high ?? Infinity].map(numberText);
    return [`${propertyName(name)}: [${ends.join(", ")}]`];
  });
  const reads = params.filter((p) => !p.optional).map((p) => textLiteral(p.name));
  const more = ranges.length > 0 ? `, ranges: { ${ranges.join(", ")} }` : "";
  return `{ key: ${textLiteral(emit.meaning(declaration))}, reads: [${reads.join(", ")}]${more} }`;
}

function defaultLine(declaration: Running, parameter: Parameter, w: Writer): string {
  const value = declaration.node.params?.find((param) => param.name.text === parameter.name)?.default;
  const name = w.emit.local(parameter.name);
  const text = value ? w.expr(value) : "undefined";
  return `const ${name} = row.${parameter.name} ?? ${text.startsWith("await ") ? `(${text})` : text};`;
}

function recipeText(declaration: Running, emit: Emitter): string {
  const started = new Set<Declaration>();
  const models_ = modelsNamed(declaration, emit);
  const w = new Writer(emit, { place: "recipe", promised: new Set(), started, owner: declaration, models: models_ });
  const params = parametersText(declaration, emit, w);
  const known = names(declaration);
  const { body } = declaration.node;
  // A model that is bound before it is mentioned starts from nothing; every other one starts from its own version.
  const models = modelsBound(declaration, w);
  const text = body ? bodyText(body, w, new Set([...known, ...models.map((model) => model.name)]), known.size > 0) : "";
  for (const model of models) started.add(model);
  const starts = [...started].map((model) => `let ${emit.local(model.name)} = run.start(${emit.declaration(model)});`);
  const publish =
    known.size === 0 && models.length > 0
      ? `\nawait run.publish({ ${models.map((model) => publishedText(model, emit)).join(", ")} });`
      : "";
  const block = `{\n${[...starts, text].join("\n")}${publish}\n}`;
  if (!isSubRecipe(declaration)) return `(run) => ${block}`;
  const result = emit.checked.signature(declaration)?.result;
  return `(run: ${emit.runtimeType("RecipeRun")}, ${params})${result ? `: Promise<${typeText(asVersion(result), emit)}>` : ""} ${block}`;
}

const publishedText = (model: Declaration, emit: Emitter) => `${propertyName(model.name)}: ${emit.local(model.name)}`;

/** The declared models that a recipe names or binds: it has versions of them. */
function modelsNamed(declaration: Running, emit: Emitter): Set<Declaration> {
  const own = [...emit.checked.mentions(declaration).keys()].filter((each) => isLearned(each) && !isRemote(each, emit));
  return new Set([...own, ...modelsBound(declaration, new Writer(emit, { place: "recipe", promised: new Set() }))]);
}

/** The declared models that a recipe binds anew: what it publishes at its end. A parameter of such a name is the recipe's own. */
function modelsBound({ node: { body, params = [] } }: Running, w: Writer): Declaration[] {
  const models = new Map<string, Declaration>();
  for (const module of w.emit.checked.modules)
    for (const declaration of module.declarations.values())
      if (isLearned(declaration) && !module.std) models.set(declaration.name, declaration);
  for (const { name } of params ?? []) models.delete(name.text);
  const found = new Set<Declaration>();
  const visit = (stmts: readonly ast.Stmt[]): void => {
    for (const statement of stmts) {
      if (statement.kind === "Bind") for (const { text } of statement.names) if (models.has(text)) found.add(models.get(text)!);
      if (statement.kind === "Repeat") visit(statement.body.stmts);
    }
  };
  visit(body?.stmts ?? []);
  for (const model of found) w.emit.declaration(model);
  return [...found];
}
