/** What a profile is: each kernel of one run of a program with its time and what it moved and computed. Knows no device. */

/** One kernel of a run, or one node of a graph, in the order in which they ran. */
export interface KernelTime {
  /** The kernel's name, unique within the program: `3.contract` on WebGPU, the node's name on the CPU. */
  readonly kernel: string;
  /** The spec lines that it came from, where the engine knows them. */
  readonly origin?: readonly string[];
  /** How long it ran; the median where it was measured several times. */
  readonly seconds: number;
  /** Bytes that it must read and write, each tensor once; 0 when the engine cannot say. */
  readonly bytes: number;
  /** Floating-point operations; 0 when the engine cannot say. */
  readonly flops: number;
}

/** Times of one run by kernel, longest first: dispatches of one kernel are one row. */
export interface ProfileRow extends KernelTime {
  /** How often it ran. */
  readonly runs: number;
}

/** The rows of a profile, longest first. */
export function rowsOf(times: readonly KernelTime[]): ProfileRow[] {
  const rows = new Map<string, ProfileRow>();
  for (const t of times) {
    const known = rows.get(t.kernel);
    const sum = (field: "seconds" | "bytes" | "flops"): number => t[field] + (known?.[field] ?? 0);
    rows.set(t.kernel, {
      ...t,
      runs: (known?.runs ?? 0) + 1,
      seconds: sum("seconds"),
      bytes: sum("bytes"),
      flops: sum("flops"),
    });
  }
  return [...rows.values()].sort((a, b) => b.seconds - a.seconds);
}
