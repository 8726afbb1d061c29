/** What is written down of a claim: its page with table, verdict and command, and its line in the list of all claims. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Claim, type Conclusion, shown } from "./claim.ts";

/** The page of a claim, Markdown. `took` is how long all of its runs took, in words; undefined where they were made in several calls. */
export function page(
  name: string,
  claim: Claim,
  seeds: readonly number[],
  { verdict, ...said }: Conclusion,
  took: string | undefined,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const table = [
    line(said.table.head),
    line(said.table.head.map(() => "---")),
    ...said.table.rows.map((row) => line(row.map(shown))),
  ];
  return `# ${name}

${claim.says}

Source: ${claim.source}

**Verdict: ${verdict}.** ${said.because}

${table.join("\n")}

Means over ${seeds.length} seeds with 95% intervals (Student's t).

![${name}](plot.svg)

${said.setting}

\`npm run claim -- ${name}\` runs [main.neuro](main.neuro) and writes this page${took === undefined ? "" : `; it took ${took} here, on two cores`}.
`;
}

/** The list of all claims: a line for each folder whose claim has been run. */
export function list(folder: string): string {
  const lines = claimsIn(folder).flatMap((name) => {
    const path = join(folder, name, "README.md");
    if (!existsSync(path)) return [];
    const [, says, , verdict, because] =
      /^# .*\n\n([\s\S]*?)\n\nSource: ([\s\S]*?)\n\n\*\*Verdict: (.*?)\.\*\* ([\s\S]*?)\n\n/.exec(readFileSync(path, "utf8")) ??
      [];
    return says === undefined ? [] : [`| [${name}](${name}/README.md) | ${says} | **${verdict}** | ${because} |`];
  });
  return ["| claim | | verdict | numbers |", "| --- | --- | --- | --- |", ...lines].join("\n");
}

/** Every folder that holds a claim. */
export const claimsIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "claim.ts")))
    .map(({ name }) => name)
    .sort();
