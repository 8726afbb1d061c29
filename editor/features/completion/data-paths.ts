/** Files and folders where a text is a path: what `files`, `jsonl` and `beir` read, the weights of a model. One folder is offered at a time. */
import { relativePath } from "../../../compiler/modules.ts";
import type { View } from "../../service.ts";
import type { Caret } from "./caret.ts";
import type { Offer } from "./item.ts";
import { wantedAt } from "./wanted.ts";

/** What parameters and fields are called whose text is a path. */
const pathNames: ReadonlySet<string> = new Set(["path", "glob", "from"]);

/** What lies in the folder that was typed so far, folders first; nothing where a pattern began. */
export function dataPaths(view: View, caret: Caret): Offer[] {
  const { name, type } = wantedAt(view, caret);
  if (!pathNames.has(name) || type.kind !== "text" || /[*?{}[\]]/.test(caret.typed)) return [];
  const folder = caret.typed.slice(0, caret.typed.lastIndexOf("/") + 1);
  const here = relativePath(view.path, folder);
  const below = here === "" || here.endsWith("/") ? here : `${here}/`;
  const paths = [...view.host.list(`${below}*`), ...view.host.list(`${below}*/*`)].filter((path) => path.startsWith(below));
  const folders = new Set<string>();
  const files = new Set<string>();
  for (const path of paths) {
    const [first, ...more] = path.slice(below.length).split("/");
    if (first) (more.length > 0 ? folders : files).add(first);
  }
  files.delete(view.path.slice(below.length));
  const offer = (kind: "folder" | "file", label: string): Offer => ({
    label: `${folder}${label}`,
    kind,
    rank: kind === "folder" ? 0 : 1,
  });
  return [...[...folders].map((each) => offer("folder", `${each}/`)), ...[...files].map((each) => offer("file", each))];
}
