// What a person sees when a verb fails: a user's mistake as two sentences, our own fault with its stack and where to report it.
import { NeuroError } from "../runtime/error.ts";
import { version } from "./version.ts";

/** A verb that has already said what is wrong (diagnostics, usually) and only needs the exit code. */
export class Refused extends Error {
  readonly exitCode: number;
  constructor(exitCode: 1 | 2 = 1) {
    super("refused");
    this.exitCode = exitCode;
  }
}

/** Prints an error for a person on stderr and sets the exit code; never throws. */
export function failed(error: unknown): void {
  if (error instanceof Refused) {
    process.exitCode = error.exitCode;
  } else if (error instanceof NeuroError) {
    console.error(`error: ${error.message}`);
    if (error.where) console.error(`  at ${error.where}`);
    if (error.hint) console.error(`hint: ${error.hint}`);
    process.exitCode = error.code === "interrupted" ? 130 : error.code === "usage" ? 2 : 1;
  } else {
    const known = systemMessage(error);
    if (known) console.error(`error: ${known}`);
    else {
      console.error(`neuroc ${version} has a fault of its own; please report this with the spec that caused it:\n`);
      console.error(error instanceof Error ? error.stack : error);
    }
    process.exitCode = 1;
  }
}

/** Faults of the machine rather than of neuro: a full disk, a missing permission. */
function systemMessage(error: unknown): string | undefined {
  const { code, path } = (error ?? {}) as { code?: string; path?: string };
  const said: Record<string, string> = {
    EACCES: `no permission to use ${path}`,
    EPERM: `no permission to use ${path}`,
    EROFS: `${path} is on a read-only disk`,
    ENOSPC: "the disk is full",
    ENOENT: `${path} does not exist`,
    EISDIR: `${path} is a folder, a file was expected`,
    ENOTDIR: `a part of ${path} is a file, a folder was expected`,
    EMFILE: "too many files are open",
  };
  return code && path !== undefined ? said[code] : code === "ENOSPC" ? said.ENOSPC : undefined;
}
