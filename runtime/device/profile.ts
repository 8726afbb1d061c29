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
