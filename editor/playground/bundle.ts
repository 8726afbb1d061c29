/** Bundles the playground: a page and its worker, whole in one folder, for `neuroc playground` and for any server of files. Not part of it. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";

const here = import.meta.dirname;
const root = join(here, "../..");

/** The example that the page begins with stands first. */
const order = ["quote", "objective", "reward", "layer"];

function libraryModule(): string {
  const read = (folder: string) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".neuro"))
      .sort()
      .map((file) => [file, readFileSync(join(root, folder, file), "utf8")] as const);
  const library = Object.fromEntries(read("stdlib").map(([file, text]) => [`std/${file}`, text]));
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const examples = read("editor/playground/examples")
    .map(([file, text]) => ({ name: file.replace(".neuro", ""), title: titleOf(text), text }))
    .sort((a, b) => place(a.name) - place(b.name));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.entries({ library, examples, version })
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
    .join("\n");
}

/** What the first line of an example says of it, up to its colon or its end. */
const titleOf = (text: string): string => /^\/\/\/ (.*?)[:.]/.exec(text)?.[1] ?? "Untitled";

/** `neuro:library` is made here, and styles become one file beside the script. */
function plugin(styles: string[]): Plugin {
  return {
    name: "playground",
    resolveId: (id) => (id === "neuro:library" ? id : id === "ts-morph" ? join(here, "ts-morph.ts") : undefined),
    load(id) {
      if (id === "neuro:library") return { code: libraryModule(), moduleType: "js" };
      if (!id.endsWith(".css")) return undefined;
      styles.push(withFonts(readFileSync(id, "utf8"), dirname(id)));
      return { code: "", moduleType: "js" };
    },
  };
}

/** Fonts stand in the style itself, so that nothing else is loaded. */
const withFonts = (css: string, folder: string): string =>
  css.replace(/url\(["']?(\.\/[^"')]+\.ttf)["']?\)/g, (_, path: string) => {
    const bytes = readFileSync(join(folder, path)).toString("base64");
    return `url(data:font/ttf;base64,${bytes})`;
  });

async function bundled(input: string): Promise<{ code: string; css: string }> {
  const styles: string[] = [];
  const build = await rolldown({
    input: join(here, input),
    platform: "browser",
    transform: { define: { "import.meta": "{}" } },
    plugins: [plugin(styles)],
    logLevel: "warn",
  });
  const { output } = await build.generate({ format: "iife", minify: true, codeSplitting: false });
  await build.close();
  return { code: output[0].code, css: styles.join("\n") };
}

/** Every file of the page by path, but `typescript.js`, which whoever serves or writes the page puts beside them. */
export async function playgroundFiles(): Promise<Map<string, string>> {
  const [page, worker] = await Promise.all([bundled("page/main.ts"), bundled("worker.ts")]);
  return new Map([
    ["index.html", readFileSync(join(here, "page/index.html"), "utf8")],
    ["page.js", page.code],
    ["page.css", page.css],
    ["worker.js", worker.code],
    ["icon.svg", readFileSync(join(root, "runtime/serve/page/icon.svg"), "utf8")],
  ]);
}

/** Writes the page in place of a folder that is ours to replace. */
export async function make(folder: string): Promise<void> {
  const fresh = `${folder}.${process.pid}.tmp`;
  mkdirSync(fresh, { recursive: true });
  for (const [path, text] of await playgroundFiles()) writeFileSync(join(fresh, path), text);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? fileURLToPath(new URL("../../dist/playground", import.meta.url)));
  await make(folder);
  console.log(folder);
}
