// neuroc playground: a page on which a spec is typed, checked and seen as what it becomes; served here, or written for any server of files.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { check } from "../../compiler/index.ts";
import { diskHost } from "../host.ts";
import { openAddress } from "../open-address.ts";
import { type Files, filesOf, readyPage, servePages, together, untilStopped, writePages } from "../pages.ts";
import { findSpec, type Spec } from "../spec.ts";
import type { Verb } from "../verb.ts";

const verb: Verb<{ spec?: string; port: number; out?: string; open: boolean }> = {
  command: "playground [spec]",
  describe: "open a page to write a spec on, and see what it becomes",
  builder: (yargs) =>
    yargs
      .positional("spec", { type: "string", describe: "a spec to begin with; its copy is edited, the file stays as it is" })
      .option("port", { type: "number", default: 0, describe: "the port to listen at; 0 is any that is free" })
      .option("out", { type: "string", describe: "write the page into this folder instead, for any server of files" })
      .option("open", { type: "boolean", default: true, describe: "open a browser; --no-open only prints the address" })
      .example("$0 playground main.neuro", "with the spec of this folder")
      .example("$0 playground --out public", "a static page, with the documentation beside it") as never,
  handler: async ({ spec, port, out, open, json }) => {
    const given = spec === undefined ? undefined : reached(findSpec(spec));
    const [page, site] = [await readyPage("playground"), await readyPage("site", out === undefined ? "any" : "newest")];
    const more = beside(page, given);
    if (out !== undefined) {
      const docs = [...filesOf(site)].map(([path, text]) => [`docs/${path}`, text] as const);
      const folder = resolve(out);
      writePages(folder, new Map([...filesOf(page), ...docs, ...more]));
      console.log(json ? JSON.stringify({ folder }) : folder);
      return;
    }
    const served = await servePages({ "/docs/": site, "/": page }, more, port);
    console.log(json ? JSON.stringify({ url: served.url }) : served.url);
    if (open) openAddress(served.url);
    await untilStopped();
    await served.close();
  },
};
export default verb;

/** What both pages have when they lie together, and the spec that was named with what lies beside it. */
function beside(page: string, given: Record<string, string> | undefined): Files {
  if (!given) return together();
  const html = readFileSync(join(page, "index.html"), "utf8").replace("<html", '<html data-given="yes"');
  return new Map([...together(), ["index.html", html], ["given.json", JSON.stringify(given)]]);
}

/** The texts that a check of the spec reads below its folder; the spec itself is `main.neuro` there. */
function reached({ folder, file }: Spec): Record<string, string> {
  const host = diskHost(folder);
  const texts: Record<string, string> = {};
  const read = (path: string): string | undefined => {
    const text = host.read(path);
    if (text !== undefined && !path.startsWith("std/") && !path.startsWith("..")) texts[path] = text;
    return text;
  };
  check({ ...host, read }, file);
  const { [file]: own = "", ...others } = texts;
  return { ...others, "main.neuro": own };
}
