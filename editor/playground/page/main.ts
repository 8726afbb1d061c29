/** The page: a spec on the left, what it becomes on the right, everything told anew a moment after one types. */
import "./style.css";
import { Beside } from "./beside.ts";
import { mark, registerLanguage } from "./language.ts";
import { applyTheme, defineLooks, isDark } from "./look.ts";
import * as monaco from "./monaco.ts";
import { listProblems } from "./problems.ts";
import { openRemote } from "./remote.ts";
import { packed, unpacked } from "./share.ts";
import { entry, openTexts } from "./texts.ts";

const byId = (id: string): HTMLElement => document.getElementById(id)!;

/** How long after the last key the forms are made; what is wrong is told at once. */
const pause = 350;

async function start(): Promise<void> {
  const remote = openRemote("worker.js", (fault) => console.error(fault));
  const examples = await remote.examples();
  const given = await givenFiles();
  const text = (await unpacked(location.hash)) ?? given?.[entry] ?? examples[0]?.text ?? "";
  await remote.begin({ ...given, [entry]: text });
  const words = await remote.words();
  defineLooks(words);
  applyTheme();
  const texts = openTexts(remote, text);
  const beside = new Beside(remote, texts);
  let told = text;
  const sync = () => {
    const now = texts.spec.getValue();
    if (now === told) return;
    told = now;
    void remote.edit(now);
  };
  const learned = new monaco.Emitter<void>();
  registerLanguage(remote, words, sync, learned.event);

  let later: ReturnType<typeof setTimeout> | undefined;
  let round = 0;
  const changed = async (wait: number) => {
    const mine = ++round;
    sync();
    const problems = await remote.problems();
    if (mine !== round) return;
    mark(
      texts.spec,
      problems.filter(({ file }) => file === entry),
    );
    listProblems(
      problems,
      (offset) => texts.spec.getPositionAt(offset).lineNumber,
      (problem) => {
        void texts.open(entry, texts.spec.getPositionAt(problem.start).lineNumber).then(() => texts.editor.focus());
      },
    );
    clearTimeout(later);
    later = setTimeout(async () => {
      await beside.refresh();
      while (mine === round && (await remote.learnCost())) learned.fire();
    }, wait);
  };
  texts.spec.onDidChangeContent(() => void changed(pause));
  chooseExample(examples, (chosen) => {
    texts.spec.setValue(chosen);
    void texts.open(entry, 1);
  });
  buttons(texts, async () => packed(texts.spec.getValue()));
  await changed(0);
  document.documentElement.dataset.ready = "yes";
}

/** The spec of `neuroc playground <file>`, with what lies beside it; a page without that server has none. */
async function givenFiles(): Promise<Record<string, string> | undefined> {
  const { dataset } = document.documentElement;
  if (dataset.given === undefined) return undefined;
  const answer = await fetch("given.json");
  return answer.ok ? ((await answer.json()) as Record<string, string>) : undefined;
}

function chooseExample(
  examples: readonly { readonly name: string; readonly title: string; readonly text: string }[],
  set: (text: string) => void,
): void {
  const select = byId("example") as HTMLSelectElement;
  select.replaceChildren(new Option("", ""), ...examples.map(({ name, title }) => new Option(title, name)));
  select.onchange = () => {
    const found = examples.find(({ name }) => name === select.value);
    if (found) set(found.text);
  };
}

function buttons(texts: ReturnType<typeof openTexts>, address: () => Promise<string>): void {
  byId("format").onclick = () => void texts.editor.getAction("editor.action.formatDocument")?.run();
  byId("share").onclick = async () => {
    const hash = await address();
    history.replaceState(null, "", hash);
    let said = "The address holds the spec";
    try {
      await navigator.clipboard.writeText(location.href);
      said = "Copied";
    } catch {
      // Without a clipboard the address itself is there to copy.
    }
    byId("share").textContent = said;
    setTimeout(() => {
      byId("share").textContent = "Share";
    }, 1500);
  };
  byId("theme").onclick = () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("neuro-theme", document.documentElement.dataset.theme);
    } catch {
      // Without storage the choice holds for this page.
    }
    applyTheme();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
  const border = byId("border");
  const widen = (percent: number) => {
    const kept = Math.min(80, Math.max(20, percent));
    document.querySelector("main")!.style.setProperty("--width", `${kept}%`);
    border.setAttribute("aria-valuenow", String(Math.round(kept)));
  };
  border.onpointerdown = (event) => border.setPointerCapture(event.pointerId);
  border.onpointermove = (event) => {
    if (border.hasPointerCapture(event.pointerId)) widen((100 * event.clientX) / innerWidth);
  };
  border.onkeydown = ({ key }) => {
    const step = key === "ArrowLeft" ? -4 : key === "ArrowRight" ? 4 : 0;
    if (step !== 0) widen(Number(border.getAttribute("aria-valuenow")) + step);
  };
}

try {
  const chosen = localStorage.getItem("neuro-theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // A page without storage looks as the reader's system says.
}
void start();
