// neuroc docs: the documentation of this very version, without a network, the playground beside it; or written to a folder.
import { resolve } from "node:path";
import { openAddress } from "../open-address.ts";
import { filesOf, readyPage, servePages, together, untilStopped, writePages } from "../pages.ts";
import type { Verb } from "../verb.ts";

const verb: Verb<{ port: number; out?: string; open: boolean }> = {
  command: "docs",
  describe: "open the documentation of this version: the language, the library, guides, every diagnostic",
  builder: (yargs) =>
    yargs
      .option("port", { type: "number", default: 0, describe: "the port to listen at; 0 is any that is free" })
      .option("out", { type: "string", describe: "write the pages into this folder instead" })
      .option("open", { type: "boolean", default: true, describe: "open a browser; --no-open only prints the address" }) as never,
  handler: async ({ port, out, open, json }) => {
    const site = await readyPage("site");
    if (out !== undefined) {
      const folder = resolve(out);
      writePages(folder, filesOf(site));
      console.log(json ? JSON.stringify({ folder }) : folder);
      return;
    }
    const served = await servePages({ "/docs/": site, "/": await readyPage("playground", "any") }, together(), port);
    const url = `${served.url}docs/`;
    console.log(json ? JSON.stringify({ url }) : url);
    if (open) openAddress(url);
    await untilStopped();
    await served.close();
  },
};
export default verb;
