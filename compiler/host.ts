/** The only way the compiler sees the world: files by posix path. The shell gives the disk, a test gives a map. */

export interface Host {
  /** The text of a file, or undefined where there is none or it is not text. */
  read(path: string): string | undefined;
  readBytes(path: string): Uint8Array | undefined;
  exists(path: string): boolean;
  /** Paths that match a glob, sorted. */
  list(glob: string): readonly string[];
  /** The files of a `std` module: `models` is `std/models.neuro`, or every file of `std/models/`. */
  resolveStd(name: string): readonly string[];
  /** A short content hash, stable across machines. */
  hash(bytes: Uint8Array | string): string;
}
