/** Answers as Markdown documents: the question, what was answered, its sources as links, how long each stage took. */
import { isAbsolute, join } from "node:path";

/** What `neuroc ask --json` prints, as far as it is shown. */
export interface Answered {
  readonly question: string;
  readonly text: string;
  readonly sources?: readonly {
    readonly number: number;
    readonly doc: { readonly title: string; readonly url: string };
    readonly text: string;
  }[];
  readonly trace?: {
    readonly spans: readonly { readonly stage: string; readonly start: number; readonly end: number; readonly outcome: string }[];
  };
}

/** The document. Sources that are files are linked below `folder`. */
export function answerText(answer: Answered, folder: string): string {
  const sources = (answer.sources ?? []).map(({ number, doc, text }) => {
    const quoted = text.trim().replace(/\s+/g, " ");
    const short = quoted.length > 280 ? `${quoted.slice(0, 279)}…` : quoted;
    return `**[${number}]** [${plain(doc.title || doc.url)}](${link(doc.url, folder)})\n> ${plain(short)}\n`;
  });
  const spans = (answer.trace?.spans ?? []).map(
    ({ stage, start, end, outcome }) => `| ${plain(stage)} | ${(end - start).toFixed(0)} ms | ${plain(outcome)} |`,
  );
  return [
    `# ${plain(answer.question)}`,
    plain(answer.text),
    ...(sources.length > 0 ? ["## Sources", ...sources] : []),
    ...(spans.length > 0 ? ["## Stages", ["| stage | took | |", "| --- | ---: | --- |", ...spans].join("\n")] : []),
  ].join("\n\n");
}

/** Text that Markdown takes as it stands. */
const plain = (text: string): string => text.replace(/[\\`*_{}<>#|[\]]/g, (sign) => `\\${sign}`);

function link(url: string, folder: string): string {
  if (/^https?:/.test(url)) return encodeURI(url);
  const path = (isAbsolute(url) ? url : join(folder, url)).replaceAll("\\", "/");
  return `file://${path.startsWith("/") ? "" : "/"}${path.split("/").map(encodeURIComponent).join("/")}`;
}
