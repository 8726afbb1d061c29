// A real trained model (karpathy's stories260K) through the importer, the compiler and the CPU, against numbers that others computed.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModel } from "../../runtime/decode/writer.ts";
import { openCpu } from "../../runtime/device/cpu.ts";
import type { Device } from "../../runtime/device/device.ts";
import { Tokenizer } from "../../runtime/text/tokenizer.ts";
import type { Foreign } from "../../runtime/weights/foreign.ts";
import { openForeign } from "../../runtime/weights/open.ts";
import { compiled, teller } from "./programs.ts";

// The data is read where it lies beside the project, and is no part of it; a checkout without it has nothing to compare with here.
const places = ["../../../shared", "../../shared"].map((each) => join(import.meta.dirname, each, "data/stories260K"));
const folder = places.find((each) => existsSync(join(each, "stories260K.bin")));
/** A sample at temperature 1 that llama2.c prints (doc/stories260K.md, MIT licence, Andrej Karpathy). */
const sampled = `Once upon a time, there was a little boy named Timmy. Timmy loved to play with his toys and eat sandwiches. One day, Timmy's mom told him it was time to rest for a while. Timmy's friend Billy came over and took him a down.
Timmy's mom saw that Timmy was sad, but Timmy said, "I didn't understand what is it! We need to find some leafs." Timmy thought about it and took a deep breath on a spoon. He hoped it was important to be kind and continued to find its image next time.
After they finished getting, Timmy's dad came up to his house and promised to help Timmy.`;

describe.runIf(folder !== undefined)("stories260K", () => {
  let device: Device;
  let foreign: Foreign;
  let tokenizer: Tokenizer;
  let model: Awaited<ReturnType<typeof teller>>;

  /** What the reference runner writes greedily in 200 steps. */
  let greedy: string;

  beforeAll(async () => {
    greedy = readFileSync(join(folder!, "greedy200.expected.txt"), "utf8");
    device = await openCpu();
    foreign = openForeign(join(folder!, "stories260K.bin"));
    tokenizer = Tokenizer.parse(foreign.tokenizer!.json, "tokenizer.bin", foreign.tokenizer!.config);
    model = await teller(device, foreign, foreign.window, (path) => foreign.tensors.get(path)!);
  });

  afterAll(async () => {
    foreign.close();
    await device.close();
  });

  test("the first word after the beginning has the reference's logits", async () => {
    const told = await model.next([1]);
    // Logits less their logsumexp, 17.267259 (techniques: float64 forward).
    const expected = { 403: 17.0235, 385: 15.4062, 410: 13.1083, 317: 12.7692, 407: 12.4181 };
    for (const [id, logit] of Object.entries(expected)) expect(told[Number(id)]).toBeCloseTo(logit - 17.267259, 3);
    const best = [...told.keys()].sort((a, b) => told[b]! - told[a]!);
    expect(best.slice(0, 5)).toEqual([403, 385, 410, 317, 407]);
  });

  test("two texts have the reference's mean losses to four digits, tokenized as the reference tokenizes them", async () => {
    for (const [text, count, loss] of [
      [greedy, 201, 0.473418],
      [sampled, 257, 0.949108],
    ] as const) {
      const ids = [tokenizer.special.begin, ...tokenizer.encode(text)];
      expect(ids.length).toBe(count);
      const told = await model.told(ids);
      const mean = -told.reduce((sum, each) => sum + each, 0) / told.length;
      expect(Math.abs(mean - loss)).toBeLessThan(1e-5);
    }
    expect(tokenizer.encode(greedy).slice(0, 11)).toEqual([403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315]);
  });

  test("writes 200 tokens greedily, byte for byte what the reference writes", async () => {
    const { program, feeds } = compiled(foreign, foreign.window);
    const fed = (name: string) => ({ program: program(name), feeds: feeds(name) });
    const weights = new Map([...foreign.tensors].map(([path, { shape, read }]) => [path, { shape, data: read() }]));
    const { begin, pad } = tokenizer.special;
    const opened = await openModel({ device, weights, prefill: fed("prefill"), step: fed("step"), begin, pad });
    const writer = await opened.encode([[]]);
    const ids: number[] = [];
    while (ids.length < 200) {
      const told = await writer.next(ids.slice(-1));
      ids.push(told.indexOf(Math.max(...told)));
    }
    writer.close();
    opened.close();
    expect(tokenizer.decode(ids)).toBe(greedy);
  });
});
