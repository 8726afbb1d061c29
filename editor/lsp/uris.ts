/**
 * URIs of the client as the service's paths, and back. A file is its absolute path with `/`; a file of the standard library's folder is
 * `std/..`; anything else (an untitled document, a file in a repository) is named by its URI as it stands.
 */

/** Two ways between URIs and paths. A URI that the client wrote is given back as the client wrote it. */
export class Uris {
  private readonly stdlib: string;
  private readonly written = new Map<string, string>();

  /** `stdlib` is the absolute path of the standard library's folder. */
  constructor(stdlib: string) {
    this.stdlib = `${slashed(stdlib)}/`;
  }

  path(uri: string): string {
    const path = pathOf(uri);
    const named = path.startsWith(this.stdlib) ? `std/${path.slice(this.stdlib.length)}` : path;
    if (this.written.get(named) === undefined) this.written.set(named, uri);
    return named;
  }

  uri(path: string): string {
    const written = this.written.get(path);
    if (written !== undefined) return written;
    if (path.startsWith("std/")) return uriOf(this.stdlib + path.slice(4));
    return /^[a-z][\w+.-]+:/i.test(path) && !/^[a-z]:\//i.test(path) ? path : uriOf(path);
  }
}

/** The absolute path of a `file:` URI, with `/` and a small drive letter; any other URI as it stands. */
export function pathOf(uri: string): string {
  if (!/^file:/i.test(uri)) return uri;
  try {
    const { host, pathname } = new URL(uri);
    const path = decodeURIComponent(pathname);
    if (host !== "") return `//${host}${path}`;
    return slashed(/^\/[A-Za-z]:/.test(path) ? path.slice(1) : path);
  } catch {
    return uri;
  }
}

/** The `file:` URI of an absolute path. */
export function uriOf(path: string): string {
  const parts = path.split("/").map((part) => encodeURIComponent(part));
  if (path.startsWith("//")) return `file:${parts.join("/")}`;
  return `file://${path.startsWith("/") ? "" : "/"}${parts.join("/")}`;
}

/** A path of the system's own with `/`, without one at the end, and with a small drive letter. */
export function slashed(path: string): string {
  const plain = path.replaceAll("\\", "/").replace(/(?<=[^/])\/$/, "");
  return /^[A-Z]:/.test(plain) ? plain[0]!.toLowerCase() + plain.slice(1) : plain;
}
