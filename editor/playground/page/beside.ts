/** The right side: what the spec becomes, its lines linked with the spec's both ways, and the reference at hand. */
import type { FormKind, ProgramName } from "../protocol.ts";
import { originsOf, parsedPlace } from "./lines.ts";
import * as monaco from "./monaco.ts";
import type { Remote } from "./remote.ts";
import { plainly, type Texts, textModel } from "./texts.ts";

const forms: Readonly<Record<FormKind, { readonly title: string; readonly language: string }>> = {
  typescript: { title: "TypeScript", language: "typescript" },
  wgsl: { title: "WGSL", language: "wgsl" },
  onnx: { title: "ONNX", language: "onnx" },
  plan: { title: "Plan", language: "plan" },
};
const pages = {
  reference: { title: "Language", path: "docs/guides/language.html" },
  grammar: { title: "Grammar", path: "docs/grammar.html" },
};
type Tab = FormKind | keyof typeof pages;
const tabs: readonly Tab[] = ["typescript", "wgsl", "onnx", "plan", "reference", "grammar"];
const isForm = (tab: Tab): tab is FormKind => tab in forms;

export class Beside {
  private readonly remote: Remote;
  private readonly texts: Texts;
  private readonly editor: monaco.editor.IStandaloneCodeEditor;
  private readonly marks: monaco.editor.IEditorDecorationsCollection;
  private readonly specMarks: monaco.editor.IEditorDecorationsCollection;
  private readonly programs = byId("program") as HTMLSelectElement;
  private readonly origin = byId("origin");
  private tab: Tab = "typescript";
  /** The places of each line of the form that is shown. */
  private origins: readonly (readonly string[])[] = [];
  private asked = 0;
  /** The form whose text is in sight. */
  private shown: FormKind | undefined;

  constructor(remote: Remote, texts: Texts) {
    this.remote = remote;
    this.texts = texts;
    this.editor = monaco.editor.create(byId("form"), {
      ...plainly,
      readOnly: true,
      lineNumbers: "off",
      folding: false,
      ariaLabel: "The form",
    });
    this.marks = this.editor.createDecorationsCollection();
    this.specMarks = texts.editor.createDecorationsCollection();
    this.drawTabs();
    this.programs.onchange = () => void this.show();
    this.editor.onDidChangeCursorPosition(({ reason, position }) => {
      if (reason === monaco.editor.CursorChangeReason.Explicit) void this.toSpec(position.lineNumber);
    });
    texts.onLine((path, line) => this.fromSpec(path, line));
  }

  /** The spec changed: its programs and the form in sight are asked for anew. */
  async refresh(): Promise<void> {
    this.listPrograms(await this.remote.programs());
    await this.show();
  }

  /** Shows another form or page. */
  async choose(tab: Tab): Promise<void> {
    this.tab = tab;
    this.drawTabs();
    await this.show();
  }

  private listPrograms(programs: readonly ProgramName[]): void {
    const chosen = this.programs.value;
    this.programs.replaceChildren(...programs.map(({ name }) => new Option(name, name)));
    const kept = programs.find(({ name }) => name === chosen) ?? programs.find(({ lines }) => lines.some(isOwn)) ?? programs[0];
    this.programs.value = kept?.name ?? "";
  }

  private async show(): Promise<void> {
    const { tab } = this;
    const frame = byId("reference") as HTMLIFrameElement;
    const form = isForm(tab);
    frame.hidden = form;
    byId("form").hidden = !form;
    byId("told").hidden = !form;
    byId("which").hidden = !form || tab === "typescript" || this.programs.options.length === 0;
    this.origin.replaceChildren();
    if (!isForm(tab)) {
      const { path } = pages[tab];
      if (!frame.src.endsWith(path)) frame.src = path;
      return;
    }
    const asked = ++this.asked;
    const found = await this.remote.form(tab, this.programs.value);
    if (asked !== this.asked) return;
    const old = "missing" in found && found.fixable === true && this.shown === tab;
    document.getElementById("form")!.classList.toggle("old", old);
    if (old) {
      this.origin.replaceChildren("The spec has errors: this is what it was before them.");
      return;
    }
    const text = "text" in found ? found.text : found.missing;
    this.shown = "text" in found ? tab : undefined;
    this.origins = "text" in found ? originsOf(tab, text) : [];
    const top = this.editor.getScrollTop();
    const before = this.editor.getModel();
    this.editor.setModel(textModel(text, "text" in found ? forms[tab].language : "plaintext"));
    before?.dispose();
    this.editor.setScrollTop(top);
    this.fromSpec(this.texts.path(), this.texts.editor.getPosition()?.lineNumber ?? 1);
  }

  /** A line of the spec was looked at: what came from it is marked, and its first line shown. */
  private fromSpec(path: string, line: number): void {
    this.specMarks.clear();
    if (!isForm(this.tab)) return;
    const place = `${path}:${line}`;
    const lines = this.origins.flatMap((places, at) => (places.includes(place) ? [at + 1] : []));
    this.marks.set(lines.map(marked));
    const parts = lines.filter((each, i) => i === 0 || lines[i - 1] !== each - 1).length;
    this.origin.replaceChildren(lines.length === 0 ? "" : `${parts} ${parts === 1 ? "place" : "places"} from line ${line}`);
    if (lines[0] !== undefined) this.editor.revealLineInCenterIfOutsideViewport(lines[0]);
  }

  /** A line of the form was chosen: the spec's lines are marked, and named as buttons. */
  private async toSpec(line: number): Promise<void> {
    const places = this.origins[line - 1] ?? [];
    this.marks.set(this.origins.flatMap((other, at) => (other === places && places.length > 0 ? [marked(at + 1)] : [])));
    this.origin.replaceChildren(
      ...(places.length > 0 ? ["from "] : []),
      ...places.map((place) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = place;
        button.onclick = () => void this.goTo([place]);
        return button;
      }),
    );
    const own = places.filter(isOwn);
    if (own.length > 0 || this.texts.path() !== "main.neuro") this.markSpec(places);
  }

  private async goTo(places: readonly string[]): Promise<void> {
    const { path, line } = parsedPlace(places[0]!);
    await this.texts.open(path, line);
    this.markSpec(places);
  }

  /** Marks those places that lie in the file in sight. */
  private markSpec(places: readonly string[]): void {
    const lines = places.map(parsedPlace).filter(({ path }) => path === this.texts.path());
    this.specMarks.set(lines.map(({ line }) => marked(line)));
    if (lines[0]) this.texts.editor.revealLineInCenterIfOutsideViewport(lines[0].line);
  }

  private drawTabs(): void {
    const buttons = tabs.map((tab) => {
      const button = document.createElement("button");
      button.type = "button";
      button.role = "tab";
      button.textContent = isForm(tab) ? forms[tab].title : pages[tab].title;
      button.setAttribute("aria-selected", String(tab === this.tab));
      button.onclick = () => void this.choose(tab);
      return button;
    });
    byId("forms").replaceChildren(...buttons);
  }
}

const byId = (id: string): HTMLElement => document.getElementById(id)!;
const isOwn = (place: string): boolean => !place.startsWith("std/");
const marked = (line: number): monaco.editor.IModelDeltaDecoration => ({
  range: new monaco.Range(line, 1, line, 1),
  options: { isWholeLine: true, className: "linked", linesDecorationsClassName: "linked-margin" },
});
