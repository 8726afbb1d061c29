/** Verbs as tasks of the workbench: a terminal that a person sees, problems that the matcher reads, and `tasks.json` for those who keep them. */
import { relative } from "node:path";
import * as vscode from "vscode";
import { folderOf, neurocFor, nodeEnvironment } from "./neuroc.ts";

/** What stands in `tasks.json`. */
interface Definition extends vscode.TaskDefinition {
  readonly verb: string;
  readonly spec?: string;
  readonly args?: readonly string[];
}

/** A task that runs a verb over a spec, in the spec's folder, with the matcher of problems; undefined where no neuroc is installed. */
export function taskOf(spec: vscode.Uri, verb: string, args: readonly string[] = []): vscode.Task | undefined {
  const neuroc = neurocFor(vscode.Uri.joinPath(spec, ".."));
  const scope = vscode.workspace.getWorkspaceFolder(spec);
  if (!neuroc) return undefined;
  const cwd = folderOf(spec);
  const file = relative(cwd, spec.fsPath);
  const definition: Definition = {
    type: "neuro",
    verb,
    spec: scope ? relative(scope.uri.fsPath, spec.fsPath) : spec.fsPath,
    args,
  };
  const device = vscode.workspace.getConfiguration("neuro", spec).get<string>("device", "auto");
  const words = [...neuroc.args, verb, ...specWords(verb, file), ...args, ...(device === "auto" ? [] : ["--device", device])];
  const execution = new vscode.ProcessExecution(neuroc.command, words, { cwd, env: nodeEnvironment() });
  const name = [verb, ...(file === "main.neuro" ? [] : [file])].join(" ");
  const task = new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, name, "neuro", execution, "$neuroc");
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, clear: true };
  if (verb === "serve" || verb === "train") task.isBackground = true;
  if (verb === "build" || verb === "check") task.group = vscode.TaskGroup.Build;
  if (verb === "eval") task.group = vscode.TaskGroup.Test;
  return task;
}

/** How a verb is told its spec. */
const specWords = (verb: string, file: string): string[] =>
  verb === "ask" ? ["--spec", file] : verb === "doctor" || verb === "init" ? [] : [file];

/** The tasks that a workspace offers, and those of `tasks.json` made whole. */
export const taskProvider: vscode.TaskProvider = {
  async provideTasks() {
    const specs = await vscode.workspace.findFiles("**/main.neuro", "**/{node_modules,build,runs,dist}/**", 20);
    return specs.flatMap((spec) =>
      ["check", "build", "index", "train", "serve", "eval"].flatMap((verb) => taskOf(spec, verb) ?? []),
    );
  },
  resolveTask(task) {
    const { verb, spec = "main.neuro", args = [] } = task.definition as Definition;
    const folder = typeof task.scope === "object" ? task.scope.uri : vscode.workspace.workspaceFolders?.[0]?.uri;
    if (!folder) return undefined;
    const made = taskOf(vscode.Uri.joinPath(folder, spec), verb, args);
    if (!made) return undefined;
    return new vscode.Task(
      task.definition,
      task.scope ?? vscode.TaskScope.Workspace,
      task.name,
      "neuro",
      made.execution,
      "$neuroc",
    );
  },
};

/** Runs a task and waits for its end; its exit code, or undefined where it was stopped. */
export async function finished(task: vscode.Task): Promise<number | undefined> {
  const execution = await vscode.tasks.executeTask(task);
  return new Promise((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution !== execution) return;
      listening.dispose();
      resolve(event.exitCode);
    });
  });
}
