/** Where a machine keeps what can be made again: calibrations, and how many threads serve it best. */
import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder for what can be made again: NEURO_CACHE, or `neuro` in the user's cache folder (XDG base directory specification; on
 * Windows LOCALAPPDATA).
 */
export function cacheFolder(env: Environment = process.env): string {
  if (env.NEURO_CACHE) return env.NEURO_CACHE;
  // The specification says that a relative path is to be ignored.
  if (env.XDG_CACHE_HOME?.startsWith("/")) return join(env.XDG_CACHE_HOME, "neuro");
  if (process.platform === "win32" && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, "neuro");
  return join(homedir(), ".cache", "neuro");
}
