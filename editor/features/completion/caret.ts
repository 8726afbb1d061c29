/**
 * Where the caret stands, told by the words before it: which brackets are open, what kind each is, and what may come next. It reads tokens and not
 * the tree, because what is being typed is seldom whole; it knows no names and no types.
 */
import { Faults } from "../../../grammar/faults.ts";
import { type Lexeme, scan } from "../../../grammar/scan.ts";
import { callableKinds, kinds, NumberToken, reserved, settingKinds } from "../../../grammar/tokens.ts";

/** What an open bracket holds. */
export type FrameKind =
  | "root"
  | "imports"
  | "params"
  | "types"
  | "axes"
  | "fields"
  | "record"
  | "row"
  | "body"
  | "call"
  | "index"
  | "list"
  | "group";

/** A bracket that is open at the caret, or the declaration itself. */
export interface Frame {
  readonly kind: FrameKind;
  /** The words at this depth since the last separator; of a bracket that closed only the closer is there. */
  item: Lexeme[];
  /** Labels given in items before, and how many had none. */
  readonly labels: string[];
  places: number;
  /** In a call: the bar was passed. */
  barred: boolean;
  /** Names bound in this block or by these parameters, in order. */
  readonly names: { readonly name: string; readonly what: "parameter" | "binding" | "function" | "variable" | "weight" }[];
  /** Where the first word inside stands. */
  readonly start: number;
}

/** What may be typed at the caret. */
export type Expected =
  | "nothing"
  | "declaration"
  | "module"
  | "import"
  | "path"
  | "data"
  | "architecture"
  | "type"
  | "axis"
  | "parameter"
  | "field"
  | "member"
  | "unit"
  | "operator"
  | "statement"
  | "expression";

/** The caret and what surrounds it. */
export interface Caret {
  readonly expects: Expected;
  /** From the declaration inwards; the last is the innermost. */
  readonly frames: readonly Frame[];
  /** What was typed of the word at the caret, and the place of the whole word. */
  readonly typed: string;
  readonly start: number;
  readonly end: number;
  /** The word before, which may be of another line. */
  readonly before?: Lexeme;
  /** Whether an expression begins here, so that what is asked for is known; otherwise it is an operand of something. */
  readonly fresh: boolean;
  /** The word that opens the declaration. */
  readonly word?: string;
  /** `extern` stands before. */
  readonly extern: boolean;
}

const opener = new RegExp(`^(?:${[...kinds].join("|")})(?![\\p{L}\\p{N}_])`, "u");
const isWord = (lexeme: Lexeme | undefined): boolean => lexeme !== undefined && /^[\p{L}_]/u.test(lexeme.image);
const isReserved = (lexeme: Lexeme | undefined): boolean => (reserved as readonly string[]).includes(lexeme?.image ?? "");
const isName = (lexeme: Lexeme | undefined): boolean => isWord(lexeme) && !isReserved(lexeme);
const closers = new Set([")", "]", "}"]);
const joins = new Set("= == != < <= > >= + - * / ^ .. . , : | -> ( [ { and or not in if then else over where until".split(" "));
const leads = new Set("== != < <= > >= + * / ^ .. . , : | -> ) ] } and or in then else until = where over".split(" "));

/** The caret in a text. */
export function caretAt(text: string, offset: number): Caret {
  const from = declarationStart(text, offset);
  const faults = new Faults("");
  const { lexemes: all, comments } = scan(text.slice(from, offset), faults);
  const lexemes = all.filter(({ image }) => image !== "").map((each) => moved(each, from));
  const none = (): Caret => ({
    expects: "nothing",
    frames: [],
    typed: "",
    start: offset,
    end: offset,
    fresh: false,
    extern: false,
  });
  const comment = comments.at(-1);
  if (comment && !/[\r\n]/.test(text.slice(from + comment.span.start, offset))) return none();
  const last = lexemes.at(-1);
  const open = last && isOpenText(last) && faults.has("unterminated_text", 0, offset) ? last : undefined;
  if (open) return inText(open, lexemes.slice(0, -1), text, offset);
  const touches = last !== undefined && last.endOffset + 1 === offset;
  if (touches && last.tokenType === NumberToken) return none();
  const half = touches && isWord(last) ? last : undefined;
  const before = half ? lexemes.slice(0, -1) : lexemes;
  const rest = /^[\p{L}\p{N}_]*/u.exec(text.slice(offset))![0].length;
  const [start, typed] = half ? [half.startOffset, half.image] : [offset, ""];
  const reader = new Reader();
  for (const lexeme of before) reader.read(lexeme);
  const newLine = half ? half.newLine : before.length === 0 || /[\r\n]/.test(text.slice(before.at(-1)!.endOffset + 1, offset));
  reader.arrive(newLine, leads.has(half?.image ?? "") ? half!.image : "");
  return { ...reader.expected(newLine), frames: reader.frames, typed, start, end: offset + rest };
}

const moved = (lexeme: Lexeme, by: number): Lexeme => ({
  ...lexeme,
  startOffset: lexeme.startOffset + by,
  endOffset: lexeme.endOffset + by,
});

/** Where the declaration around an offset begins: at the margin, with a kind. */
function declarationStart(text: string, offset: number): number {
  let at = offset;
  for (let lines = 0; at > 0 && lines < 5_000; lines++) {
    const start = Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf("\r", at - 1)) + 1;
    if (opener.test(text.slice(start, start + 16)) && start < offset) return start;
    at = start - 1;
  }
  return 0;
}

const isOpenText = ({ image }: Lexeme): boolean =>
  image.startsWith('"') || image.startsWith("}") ? !/^(?:"[\s\S]*"|}[\s\S]*")$/.test(image) || image === '"' : false;

/** In a text only paths are completed: of modules, and of data where a value is one. */
function inText(open: Lexeme, before: readonly Lexeme[], text: string, offset: number): Caret {
  const lead = before.at(-1)?.image;
  const start = open.startOffset + 1;
  const rest = /^[^"\r\n]*/.exec(text.slice(offset))![0].length;
  const place = { typed: text.slice(start, offset), start, end: offset + rest };
  if (lead === "use" || lead === "from")
    return { ...place, expects: "path", frames: [], before: before.at(-1), fresh: false, word: lead, extern: false };
  const reader = new Reader();
  for (const lexeme of before) reader.read(lexeme);
  return { ...reader.expected(false), ...place, expects: "data", frames: reader.frames };
}

/** Reads the words of one declaration up to the caret. */
class Reader {
  frames: Frame[] = [frame("root", 0)];
  private previous: Lexeme | undefined;

  get top(): Frame {
    return this.frames.at(-1)!;
  }

  read(lexeme: Lexeme): void {
    const { image } = lexeme;
    this.arrive(lexeme.newLine, image);
    if (image === "(" || image === "[" || image === "{") this.open(lexeme);
    else if (closers.has(image)) this.close(lexeme);
    else if (/^"[\s\S]*\{$/.test(image) && lexeme.image.length > 1 && isHole(lexeme)) this.open(lexeme);
    else if (image.startsWith("}")) {
      if (!isHole(lexeme)) this.close(lexeme);
    } else if (image === "," && this.top.kind !== "body" && this.top.kind !== "root") this.separate();
    else if (image === "|" && this.top.kind === "call") {
      this.separate();
      this.top.barred = true;
    } else this.top.item.push(lexeme);
    this.previous = lexeme;
  }

  /** A word comes, perhaps at the start of a line: an item may have ended. */
  arrive(newLine: boolean, image: string): void {
    const { top } = this;
    if (!newLine || top.item.length === 0) return;
    if (!["body", "fields", "record", "row", "imports", "root"].includes(top.kind)) return;
    if (joins.has(this.previous?.image ?? "") && !closers.has(this.previous!.image)) return;
    if (leads.has(image) && !(image === "{" || image === "[")) return;
    if (top.kind === "root" && !opener.test(image) && image !== "") return;
    this.separate();
  }

  private separate(): void {
    const { top } = this;
    const { item } = top;
    if (item.length > 0) {
      if (item[1]?.image === ":" && top.kind !== "params") top.labels.push(item[0]!.image);
      else if (top.kind === "imports") top.labels.push(item[0]!.image);
      else top.places++;
      this.bind(top, item);
    }
    top.item = [];
  }

  private bind(top: Frame, item: readonly Lexeme[]): void {
    if (top.kind === "params") {
      const name = item.find((each, i) => isWord(each) && !(i === 0 && /^(?:train|live)$/.test(each.image) && isWord(item[1])));
      if (name) top.names.push({ name: name.image, what: "parameter" });
    }
    if (top.kind !== "body") return;
    if (item[0]!.image === "weight" && isName(item[1])) top.names.push({ name: item[1]!.image, what: "weight" });
    if (item[0]!.image === "fn" && isName(item[1])) top.names.push({ name: item[1]!.image, what: "function" });
    const is = item.findIndex(({ image }) => image === "=");
    const names = item.slice(0, Math.max(is, 0));
    if (is > 0 && names.every((each, i) => (i % 2 === 0 ? isName(each) : each.image === ",")))
      for (let i = 0; i < is; i += 2) top.names.push({ name: names[i]!.image, what: "binding" });
  }

  private open(lexeme: Lexeme): void {
    const kind = this.kindOf(lexeme);
    const { item } = this.top;
    const made = frame(kind, lexeme.endOffset + 1);
    if (kind === "body") for (const name of loopNames(item)) made.names.push({ name, what: "variable" });
    this.frames.push(made);
  }

  private close(lexeme: Lexeme): void {
    if (this.frames.length === 1) return;
    this.separate();
    const closed = this.frames.pop()!;
    // Parameters are in sight of what follows them.
    if (closed.kind === "params") this.top.names.push(...closed.names.filter(() => this.top.kind === "root" || this.isLocalFn()));
    this.top.item.push(lexeme);
  }

  private isLocalFn(): boolean {
    return this.top.item[0]?.image === "fn";
  }

  private kindOf({ image, newLine }: Lexeme): FrameKind {
    const { top, previous } = this;
    const typed = this.inType();
    const adjacent = !newLine && (isName(previous) || previous?.image === ")" || previous?.image === "]");
    const root = top.kind === "root";
    const [first, name] = top.item.filter((each) => each.image !== "extern");
    if (image === "(") {
      if (previous?.image === "fn" && !root && top.kind !== "body") return "types";
      if (root && top.item.length <= 3 && isWord(name) && previous === name) return "params";
      if (top.kind === "body" && first?.image === "fn" && previous === name) return "params";
      if (typed) return previous?.image === "fn" ? "types" : "axes";
      return adjacent ? "call" : "group";
    }
    if (image === "[") return typed ? "axes" : adjacent ? "index" : "list";
    if (!/^\{$/.test(image)) return "group";
    if (root) {
      if (first?.image === "use") return "imports";
      const ends = isWord(previous) || closers.has(previous?.image ?? "") || previous?.image === ">";
      if (typed && !ends) return "row";
      if (top.item.some((each) => each.image === "=")) return first?.image === "type" ? "row" : "record";
      return isSetting(first?.image) || (first?.image === "model" && !top.item.some((each) => each.image === ")"))
        ? "fields"
        : "body";
    }
    if (typed) return "row";
    if (top.kind === "body" && top.item[0]?.image === "repeat") return "body";
    return top.item.some((each) => each.image === "for") ? "body" : "record";
  }

  /** Whether a type is being written. */
  inType(): boolean {
    const { kind, item } = this.top;
    const last = (...images: string[]) => item.findLastIndex((each) => images.includes(each.image));
    if (kind === "types") return true;
    if (kind === "params" || kind === "row") return last(":") > Math.max(last("="), last("in"));
    if (kind === "root") {
      const is = last("=");
      if (item.some(({ image }) => image === "type")) return is > 0;
      return Math.max(last("->"), last(":")) > Math.max(is, last("from"));
    }
    if (kind === "body") return item[0]?.image === "weight" && last(":") > last("=");
    if (kind === "axes") return false;
    return false;
  }

  /** What may come at the caret. */
  expected(newLine: boolean): Pick<Caret, "expects" | "before" | "fresh" | "word" | "extern"> {
    const root = this.frames[0]!.item;
    const extern = root[0]?.image === "extern";
    const word = root[extern ? 1 : 0]?.image;
    const [expects, fresh] = this.expects(newLine);
    return { expects, fresh, extern, ...(word ? { word } : {}), ...(this.previous ? { before: this.previous } : {}) };
  }

  private expects(newLine: boolean): [Expected, boolean] {
    const { top } = this;
    const { item, kind } = top;
    const last = item.at(-1);
    const at = (image: string) => item.findLastIndex((each) => each.image === image);
    if (kind === "root") return this.atRoot();
    if (last?.image === "." && kind !== "axes") return ["member", false];
    if (this.inType()) return typeEnds(last) ? [last?.image === "]" ? "operator" : "unit", false] : ["type", false];
    switch (kind) {
      case "imports":
        return [item.length === 0 ? "import" : "nothing", false];
      case "axes":
        return item.length === 0 ? ["axis", false] : at("=") >= 0 ? this.operand(at("=")) : ["nothing", false];
      case "params":
        if (item.length === 0) return ["parameter", false];
        return at("=") >= 0 ? this.operand(at("=")) : ["nothing", false];
      case "row":
        return at("=") >= 0 ? this.operand(at("=")) : ["nothing", false];
      case "fields":
      case "record":
        if (item.length === 0) return ["field", false];
        return item[1]?.image === ":" ? this.operand(1) : ["nothing", false];
      case "body":
        return this.inBody(newLine);
      case "call": {
        const over = at("over");
        // `over: Aspect` is an argument.
        const clause = Math.max(item[over + 1]?.image === ":" ? -1 : over, at("->"));
        if (clause > at("where") && clause >= 0)
          return last === item[clause] || last?.image === "," ? ["axis", false] : ["operator", false];
        return this.operand(item[1]?.image === ":" && isWord(item[0]) ? 1 : at("where"));
      }
      case "index":
        return this.operand(item[1]?.image === ":" ? 1 : -1);
      default:
        return this.operand(-1);
    }
  }

  private atRoot(): [Expected, boolean] {
    const { item } = this.top;
    const extern = item[0]?.image === "extern";
    const own = extern ? item.slice(1) : item;
    const [first, second] = own;
    const last = own.at(-1);
    const is = own.findIndex((each) => each.image === "=");
    if (!first) return ["declaration", false];
    if (first.image === "use") return [last?.image === "}" || second?.image.startsWith('"') ? "nothing" : "module", false];
    if (!second || last?.image === "from" || (first.image === "type" && last?.image === "|")) return ["nothing", false];
    if (last?.image === "." && is >= 0) return ["member", false];
    if (this.inType()) {
      if (typeEnds(last)) return [last?.image === "]" ? "operator" : "unit", false];
      return [first.image === "model" && last?.image === ":" ? "architecture" : "type", false];
    }
    return is >= 0 ? this.operand(is) : ["nothing", false];
  }

  private inBody(newLine: boolean): [Expected, boolean] {
    const { item } = this.top;
    const [first, second] = item;
    if (!first) return ["statement", true];
    if ((first.image === "weight" || first.image === "fn") && !second) return ["nothing", false];
    if (first.image === "repeat" && item.length === 2 && isName(second) && !newLine) return ["operator", false];
    const is = item.findIndex((each) => each.image === "=");
    if (is < 0 && (first.image === "weight" || (first.image === "fn" && item.length < 4))) return ["nothing", false];
    const goal = /^(?:minimize|maximize|repeat)$/.test(first.image) ? 0 : -1;
    return this.operand(is >= 0 ? is : goal);
  }

  /** What may come behind the boundary of an expression: an operand, or what joins one to the next. */
  private operand(boundary: number): [Expected, boolean] {
    const { item } = this.top;
    const last = item.at(-1);
    if (last?.image === ".") return ["member", false];
    if (last?.image === "for") return ["nothing", false];
    const fresh = item.length - 1 <= boundary || item.length === 0;
    if (fresh) return ["expression", true];
    if (last!.tokenType === NumberToken) return ["unit", false];
    const ends = isName(last) || closers.has(last!.image) || /^(?:true|false|%)$/.test(last!.image) || /"$/.test(last!.image);
    // `for x` and `repeat i` name something, and `in` comes next.
    return ends ? ["operator", false] : ["expression", last!.image === "then" || last!.image === "else"];
  }
}

const frame = (kind: FrameKind, start: number): Frame => ({
  kind,
  item: [],
  labels: [],
  places: 0,
  barred: false,
  names: [],
  start,
});
const isSetting = (image: string | undefined): boolean => (settingKinds as readonly string[]).includes(image ?? "");
const isHole = ({ image }: Lexeme): boolean => image.length > 1 && image.endsWith("{");
const typeEnds = (last: Lexeme | undefined): boolean =>
  (isName(last) && last?.image !== "of") || closers.has(last?.image ?? "") || last?.image === ">";

/** The names of `repeat i in ..` and `for x in ..`. */
function loopNames(item: readonly Lexeme[]): string[] {
  const at = item.findLastIndex(({ image }) => image === "for" || image === "repeat");
  return at >= 0 && item[at + 2]?.image === "in" ? [item[at + 1]!.image] : [];
}

/** Whether a word opens a declaration with parameters and a body. */
export const isCallableWord = (word: string | undefined): boolean => (callableKinds as readonly string[]).includes(word ?? "");
