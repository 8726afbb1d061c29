/** The types of declarations, made when they are first asked for: signatures, models, rows, settings. A circle yields `unknown` here; a rule reports it. */
import type * as ast from "../grammar/index.ts";
import { bodyType, placeOf } from "./bodies.ts";
import type { Declaration } from "./declarations.ts";
import { unknownUnit } from "./diagnostics/unknown_unit.ts";
import { Walker } from "./infer/walker.ts";
import { modelType } from "./kinds/model.ts";
import type { DeclarationTypes, Program } from "./program.ts";
import { literalRange, readType } from "./read-type.ts";
import { float, host, nothing, type Parameter, type Signature, type Type, unknown } from "./types.ts";
import { units } from "./units.ts";

/** Host types of settings that are no rows, models or functions. */
const settingTypes: Partial<Record<ast.SettingWord, Type>> = {
  tokenizer: host("Tokenizer"),
  source: host("Source"),
  index: host("Index"),
  trees: host("Trees"),
  decoding: host("Decoding"),
  quantization: host("Quantization"),
  eval: nothing,
  serve: nothing,
};

export class Declarations implements DeclarationTypes {
  private readonly program: Program;
  private readonly types = new Map<Declaration, Type>();
  private readonly signatures = new Map<Declaration, Signature>();
  private readonly tensorial = new Map<Declaration, boolean>();

  constructor(program: Program) {
    this.program = program;
  }

  type(declaration: Declaration): Type {
    const known = this.types.get(declaration);
    if (known) return known;
    this.types.set(declaration, unknown);
    const type = this.program.within(declaration, () => this.make(declaration));
    this.types.set(declaration, type);
    return type;
  }

  private make(declaration: Declaration): Type {
    const { node } = declaration;
    switch (node.kind) {
      case "Model":
        return modelType(declaration, this.program);
      case "TypeDecl":
        return unknown;
      case "Setting":
        return this.settingType(declaration, node);
      default: {
        const signature = this.signature(declaration);
        return signature ? { kind: "fn", signature, symbol: declaration } : unknown;
      }
    }
  }

  private settingType(declaration: Declaration, node: ast.Setting): Type {
    if (node.params) {
      const signature = this.signature(declaration);
      return signature ? { kind: "fn", signature, symbol: declaration } : unknown;
    }
    if (node.word === "source") return this.sourceType(node, declaration);
    if (node.word !== "dataset") return settingTypes[node.word] ?? unknown;
    const place = { program: this.program, module: declaration.module };
    if (node.type) return asRows(readType(node.type, place));
    const type = node.value
      ? new Walker(this.program, { module: declaration.module, place: "setting", declaration }).infer(node.value)
      : unknown;
    return type.kind === "rows" ? type : unknown;
  }

  /** What a source's function gives: documents, or something that is asked for them. */
  private sourceType({ value }: ast.Setting, { module }: Declaration): Type {
    const callee = value?.kind === "Call" && value.callee.kind === "Name" ? value.callee : undefined;
    const made = callee && this.program.find(callee.text, module);
    const result = made && this.signature(made)?.result;
    return result?.kind === "host" && result.name === "Searchable" ? result : host("Source");
  }

  signature(declaration: Declaration): Signature | undefined {
    const known = this.signatures.get(declaration);
    if (known) return known;
    const { node } = declaration;
    if (node.kind === "TypeDecl" || node.kind === "Model") return undefined;
    return this.program.within(declaration, () => {
      const parameters = (node.params ?? []).map((param) => this.parameter(param, declaration));
      this.signatures.set(declaration, { parameters, result: unknown });
      const signature = { parameters, result: this.result(declaration) };
      this.signatures.set(declaration, signature);
      return signature;
    });
  }

  forget(declaration: Declaration): void {
    this.types.delete(declaration);
    this.signatures.delete(declaration);
    this.tensorial.delete(declaration);
  }

  private parameter(param: ast.Param, declaration: Declaration): Parameter {
    const place = { program: this.program, module: declaration.module };
    const type = param.type ? readType(param.type, place) : this.fromDefault(param, declaration);
    const entity = this.program.names.get(param.name);
    if (entity) this.program.entityTypes.set(entity, type);
    const unit = param.type?.kind === "NamedType" ? param.type.unit : undefined;
    if (unit && !units.has(unit.text)) this.program.report(unknownUnit, unit.span, { name: unit.text, known: [...units.keys()] });
    const range = param.range && literalRange(param.range);
    return {
      name: param.name.text,
      type,
      optional: param.default !== undefined,
      ...(param.role ? { role: param.role } : {}),
      ...(param.docs ? { doc: param.docs.text } : {}),
      ...(unit ? { unit: unit.text } : {}),
      ...(range ? { range } : {}),
    };
  }

  private fromDefault(param: ast.Param, declaration: Declaration): Type {
    if (!param.default || declaration.node.kind === "Architecture") return unknown;
    return new Walker(this.program, { module: declaration.module, place: "fn", declaration }).infer(param.default);
  }

  private result(declaration: Declaration): Type {
    const { node } = declaration;
    const place = { program: this.program, module: declaration.module };
    if (node.kind === "Setting") return node.type ? readType(node.type, place) : (settingTypes[node.word] ?? unknown);
    if (node.kind !== "Architecture" && node.kind !== "Callable") return unknown;
    if (node.result) return readType(node.result, place);
    if (declaration.word === "reward") return float();
    if (declaration.word === "objective") return nothing;
    if (placeOf(declaration) === undefined || this.isMathematical(declaration)) return unknown;
    return bodyType(declaration, this.program);
  }

  /** Whether its body is the mathematics' to check. */
  isMathematical(declaration: Declaration): boolean {
    const { node } = declaration;
    if (node.kind === "Architecture") return true;
    if (node.kind !== "Callable" || node.from) return false;
    if (node.word === "layer" || node.word === "objective") return true;
    return node.word === "fn" && this.program.mathematics.isMathematical(node);
  }

  isTensorial(declaration: Declaration): boolean {
    const known = this.tensorial.get(declaration);
    if (known !== undefined) return known;
    const signature = this.signature(declaration);
    const types = signature ? [...signature.parameters.map((parameter) => parameter.type), signature.result] : [];
    const node = declaration.node;
    const found = node.kind === "Callable" && !node.from && types.some((type) => type.kind === "tensor" || type.kind === "axis");
    this.tensorial.set(declaration, found);
    return found;
  }

  resultAfterFault({ result }: Signature): Type {
    return isOpen(result) ? unknown : result;
  }
}

const asRows = (type: Type): Type =>
  type.kind === "rows" || type.kind === "unknown" ? type : { kind: "rows", of: "Dataset", row: type };

/** Whether a type depends on the arguments of the call that gives it. */
function isOpen(type: Type): boolean {
  switch (type.kind) {
    case "var":
    case "weights":
    case "model":
    case "tensor":
      return true;
    case "list":
      return isOpen(type.of);
    case "rows":
      return isOpen(type.row);
    case "record":
      return type.plus !== undefined || [...type.fields.values()].some((field) => isOpen(field.type));
    default:
      return false;
  }
}
