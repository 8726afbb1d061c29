/** A file in its canonical form, as changes of the lines that differ; a file with syntax errors stays as it is. */
import { format } from "../../grammar/index.ts";
import type { Service } from "../service.ts";
import type { Edits } from "../words.ts";
import { lineEdits } from "./line-edits.ts";

/** The edits of the file; none where it is canonical already, or broken. */
export function formatDocument(service: Service, path: string): Edits {
  const text = service.text(path);
  return lineEdits(text, format(text, path).text).map((edit) => ({ file: path, ...edit }));
}
