/** The status bar: the device that programs run on, and the training that is under way, read from its run's folder. */
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { neurocFor, quietly } from "./neuroc.ts";
import { lastStep, type Run, runsOf } from "./runs.ts";
import { short } from "./text.ts";

type Fact = { readonly name: string; readonly value: string; readonly ok: boolean; readonly hint?: string };

/** How often a run that goes on is read, in milliseconds, and how often one is looked for. */
const [often, seldom] = [1_500, 6_000];

/** Items in the status bar. `tick` is called whenever runs were looked at. */
export class Status {
  private readonly device = vscode.window.createStatusBarItem("neuro.device", vscode.StatusBarAlignment.Right, 90);
  private readonly training = vscode.window.createStatusBarItem("neuro.training", vscode.StatusBarAlignment.Left, 5);
  private timer: NodeJS.Timeout | undefined;
  private folders: readonly string[] = [];
  private readonly tick: (live: Run | undefined) => void;

  constructor(context: vscode.ExtensionContext, tick: (live: Run | undefined) => void) {
    this.tick = tick;
    this.device.name = "neuro: device";
    this.device.command = "neuro.doctor";
    this.training.name = "neuro: training";
    context.subscriptions.push(this.device, this.training, { dispose: () => clearTimeout(this.timer) });
    this.look();
  }

  /** The folders of specs, in whose `runs/` trainings are looked for. */
  watch(folders: readonly string[]): void {
    this.folders = folders;
    clearTimeout(this.timer);
    this.look();
  }

  /** Asks the neuroc of a folder what this machine runs on. */
  async examine(folder: vscode.Uri | undefined): Promise<void> {
    const neuroc = folder && neurocFor(folder);
    if (!neuroc) return this.device.hide();
    try {
      const facts = JSON.parse((await quietly(neuroc, ["doctor", "--json"], { cwd: folder.fsPath })).stdout) as Fact[];
      const value = (name: string) => facts.find((fact) => fact.name === name)?.value ?? "";
      const device = /is (\w+)$/.exec(value("device"))?.[1] ?? "cpu";
      this.device.text = `$(chip) ${device === "webgpu" ? "WebGPU" : "CPU"}`;
      const lines = facts.map(({ name, value, ok, hint }) => `${ok ? "✓" : "–"} **${name}** ${value}${hint ? ` (${hint})` : ""}`);
      this.device.tooltip = new vscode.MarkdownString(lines.join("\n\n"));
      this.device.show();
    } catch {
      this.device.hide(); // a neuroc that cannot be run has said so where it was asked for something
    }
  }

  private look(): void {
    const live = this.folders.flatMap((folder) => runsOf(folder)).find((run) => run.live);
    const last = live && lastStep(live.folder);
    if (live) {
      const numbers = last ? `step ${last.step}${last.loss === undefined ? "" : `, loss ${short(last.loss)}`}` : "starting";
      this.training.text = `$(sync~spin) ${live.recipe}: ${numbers}`;
      const speed = last?.speed === undefined ? "" : `, ${short(last.speed)} tokens/s`;
      this.training.tooltip = `${last?.fit ?? live.recipe}${speed}\n${join(basename(join(live.folder, "../../..")), "runs", live.recipe, live.id)}`;
      this.training.command = { command: "neuro.showRun", title: "Show the run", arguments: [live.folder] };
      this.training.show();
    } else this.training.hide();
    this.tick(live);
    this.timer = setTimeout(() => this.look(), live ? often : seldom);
  }
}
