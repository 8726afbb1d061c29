// Compiler and runtime import nothing of each other; what a manifest says of a program's inputs is one form that both write down.
import { expectTypeOf, test } from "vitest";
import type { Feed as Told, PackedText as ToldText } from "../compiler/lower/feeds.ts";
import type { Feed as Read, PackedText as ReadText } from "../runtime/data/feeds.ts";

test("the feeds that are told and the feeds that are read are of one type", () => {
  expectTypeOf<Told>().toEqualTypeOf<Read>();
  expectTypeOf<ToldText>().toEqualTypeOf<ReadText>();
});
