/** A TypeSpec document of many lines, and the compiler of that language in a folder of its own: what neuro's language server is measured beside. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Installs `@typespec/compiler` once, outside of the project; gives the folder and the version. */
export function installTypespec(): { folder: string; version: string } {
  const folder = join(tmpdir(), "neuro-bench-typespec");
  const manifest = join(folder, "node_modules/@typespec/compiler/package.json");
  if (!existsSync(manifest)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "bench", private: true, type: "module" }));
    const args = ["install", "--no-audit", "--no-fund", "@typespec/compiler"];
    const { status, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`npm could not install @typespec/compiler: ${stderr}`);
  }
  return { folder, version: JSON.parse(readFileSync(manifest, "utf8")).version };
}

/** Models, unions, templates, aliases and interfaces with documentation, over and over under names of their own. */
export function typespecOf(lines: number): string {
  const parts = ["namespace Shop;\n"];
  for (let copy = 1, count = 2; count < lines; copy++) {
    const part = block(copy);
    parts.push(part);
    count += part.split("\n").length;
  }
  return parts.join("\n");
}

const block = (n: number): string => `/** What a shop of kind ${n} sells. */
@doc("A thing with a price.")
model Thing${n} {
  /** Unique in its shop. */
  @key
  @maxLength(40)
  id: string;

  @minValue(0)
  price: decimal;
  colours: Colour${n}[];
  parts?: Part${n}[];
  size: Size${n} = Size${n}.small;
  made: utcDateTime;
}

/** What a thing is made of. */
model Part${n} is Counted${n}<string> {
  weight: float32;
  inside?: Part${n};
}

model Counted${n}<T> {
  name: T;
  @minValue(1)
  count: int32;
}

enum Size${n} {
  small,
  large: "l",
}

union Colour${n} {
  red: "red",
  blue: "blue",
  other: string,
}

alias Named${n} = { name: string } & Counted${n}<int32>;

@error
model Missing${n} {
  code: "missing";
  message: string;
  of: Thing${n}["id"];
}

/** Whoever sells. */
interface Shop${n} {
  /** One thing. */
  read(id: string): Thing${n} | Missing${n};
  list(size?: Size${n}, most: int32 = 10): Page${n}<Thing${n}>;
  change(...PickProperties<Thing${n}, "id" | "price">): Thing${n} | Missing${n};
  name(given: Named${n}): void;
}

model Page${n}<T> {
  items: T[];
  next?: string;
}
`;
