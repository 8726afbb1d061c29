/**
 * The inner loop of scoring as WebAssembly: sixteen documents answer each level of a tree in one comparison. Assembled here from its text in the
 * comments, so that no binary is kept; knows lanes of bytes and leaves, nothing of models.
 */

/** What is used of WebAssembly, which every JavaScript engine has and TypeScript declares for browsers only. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  Module: new (code: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { readonly exports: { readonly [name: string]: unknown } };
};

/** Adds a tree's leaves to the sums of `count` documents (a multiple of 16). All but `count` and `levels` are addresses of bytes in the memory. */
export type AddTree = (record: number, levels: number, leaves: number, sums: number, count: number) => void;

/** How deep a tree may be: a leaf's place is a byte. */
export const mostLevels = 8;
/** Bytes of a level in a tree's record: the address of its lane (u32), the least byte that is above (u8), the bit of its answer (u8), two unused. */
export const levelBytes = 8;

/** A memory of so many bytes at least, and the function over it. */
export function treeAdder(bytes: number): { memory: ArrayBuffer; add: AddTree } {
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / 65536)) });
  compiled ??= new WebAssembly.Module(assembled());
  const { exports } = new WebAssembly.Instance(compiled, { m: { m: memory } });
  return { memory: memory.buffer, add: exports.a as AddTree };
}

let compiled: object | undefined;

const i32 = 0x7f;
const v128 = 0x7b;
const empty = 0x40;
const [record, levels, leaves, sums, count, doc, at, end, leaf] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** An unsigned number as LEB128. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
/** A small constant, below 64; larger ones need a second byte for their sign. */
const constant = (value: number) => (value < 64 ? [0x41, value] : [0x41, (value & 127) | 128, value >>> 7]);
const plus = 0x6a;
const simd = (operation: number, ...rest: number[]) => [0xfd, ...leb(operation), ...rest];
const load8splat = (offset: number) => simd(0x07, 0, offset);

/** sums[i] += leaves[byte i of leaf] */
function gathered(i: number): number[] {
  const address = [...get(leaf), ...simd(0x16, i), ...constant(3), 0x74, ...get(leaves), plus];
  const before = [...get(sums), 0x2b, 3, ...leb(8 * i)];
  return [...get(sums), ...before, ...address, 0x2b, 3, 0, 0xa0, 0x39, 3, ...leb(8 * i)];
}

/** leaf |= (lane[doc ..] >= need) & bit; then the next level */
const level = [
  ...get(leaf),
  ...[...get(at), 0x28, 2, 0, ...get(doc), plus, ...simd(0x00, 0, 0)],
  ...[...get(at), ...load8splat(4)],
  ...simd(0x2c),
  ...[...get(at), ...load8splat(5)],
  ...simd(0x4e),
  ...simd(0x50),
  ...set(leaf),
  ...[...get(at), ...constant(levelBytes), plus, ...set(at)],
];

function assembled(): Uint8Array<ArrayBuffer> {
  const code = [
    ...[...get(record), ...get(levels), ...constant(3), 0x74, plus, ...set(end)],
    ...[0x03, empty], // loop over documents
    ...[...simd(0x0c, ...new Array<number>(16).fill(0)), ...set(leaf)],
    ...[...get(record), ...set(at)],
    ...[0x02, empty, 0x03, empty], // block, loop over levels
    ...[...get(at), ...get(end), 0x4f, 0x0d, 1], // at >= end: leave
    ...level,
    ...[0x0c, 0, 0x0b, 0x0b],
    ...Array.from({ length: 16 }, (_, i) => gathered(i)).flat(),
    ...[...get(sums), ...constant(128), plus, ...set(sums)],
    ...[...get(doc), ...constant(16), plus, 0x22, doc, ...get(count), 0x49, 0x0d, 0, 0x0b],
    0x0b,
  ];
  const locals = [2, 3, i32, 1, v128];
  const body = [...locals, ...code];
  const section = (id: number, content: readonly number[]) => [id, ...leb(content.length), ...content];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, i32, i32, i32, i32, i32, 0]),
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 0x02, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x61, 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}
