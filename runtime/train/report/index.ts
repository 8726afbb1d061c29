/** The door of reports: one page for a run, made anew from what the run wrote down. */
import { join } from "node:path";
import { writeAtomically } from "../../files.ts";
import { lineagePath } from "../../weights/lineage.ts";
import { gather } from "./gathered.ts";
import { page } from "./page.ts";

/** Writes `report.html` into a run's folder and gives its path; `published` are the weight files whose lineage it shows. */
export function writeReport(folder: string, published: readonly string[] = []): string {
  const path = join(folder, "report.html");
  writeAtomically(path, page(gather(folder, published.map(lineagePath))));
  return path;
}
