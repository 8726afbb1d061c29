/**
 * Who may ask: keys by `NEURO_SERVE_KEYS` (separated by commas) or one a line in the file `NEURO_SERVE_KEYS_FILE`, which may be changed while the
 * server runs. Without either everybody may. Compared in constant time, by hash; kept nowhere.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { NeuroError } from "../error.ts";

/** Whether a request may pass, by its `authorization` header (or `x-api-key`). */
export type Keys = { readonly any: boolean; allows(header: string | undefined): boolean };

/** The keys of the environment, or those given. Throws `keys_unreadable` when the file cannot be read or holds none. */
export function openKeys(given?: readonly string[], env: Readonly<Record<string, string | undefined>> = process.env): Keys {
  const path = given === undefined ? env.NEURO_SERVE_KEYS_FILE : undefined;
  const fixed = hashed(given ?? env.NEURO_SERVE_KEYS?.split(",") ?? []);
  let file = path === undefined ? undefined : readKeys(path);
  if (path !== undefined && file!.hashes.length === 0) throw unreadable(path, "holds no key");
  const current = () => {
    const stamp = path === undefined ? undefined : stampOf(path);
    if (path !== undefined && stamp !== undefined && stamp !== file!.stamp) file = readKeys(path);
    return [...fixed, ...(file?.hashes ?? [])];
  };
  return {
    any: fixed.length > 0 || path !== undefined,
    allows(header) {
      const keys = current();
      if (fixed.length === 0 && path === undefined) return true;
      const asked = hash((header ?? "").replace(/^Bearer\s+/i, "").trim());
      // All are compared, so that the time tells nothing of which one was nearly right.
      return keys.map((key) => timingSafeEqual(key, asked)).includes(true);
    },
  };
}

const hash = (key: string): Buffer => createHash("sha256").update(key).digest();

const hashed = (keys: readonly string[]): Buffer[] =>
  keys
    .map((key) => key.trim())
    .filter((key) => key !== "")
    .map(hash);

const stampOf = (path: string): string | undefined => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.mtimeMs} ${stat.ino} ${stat.size}`;
};

function readKeys(path: string): { hashes: Buffer[]; stamp: string | undefined } {
  try {
    const lines = readFileSync(path, "utf8").split(/\r?\n/);
    return { hashes: hashed(lines.filter((line) => !line.startsWith("#"))), stamp: stampOf(path) };
  } catch (error) {
    throw unreadable(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

const unreadable = (path: string, why: string): NeuroError =>
  new NeuroError("keys_unreadable", `The file of keys ${path} ${why}.`, {
    where: path,
    hint: "Put one key on each line, or unset NEURO_SERVE_KEYS_FILE.",
  });
