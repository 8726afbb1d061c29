import fc from "fast-check";
import { expect, test } from "vitest";
import { type Encoding, Lines, negotiated } from "./positions.ts";
import { pathOf, slashed, Uris, uriOf } from "./uris.ts";

test("a character is counted in units of UTF-16, bytes of UTF-8 or characters", () => {
  const text = "β = «😀» x\r\nнет";
  const offset = text.indexOf("x");
  const character = (encoding: Encoding) => new Lines(text, encoding).position(offset).character;
  expect(character("utf-16")).toBe(offset);
  expect(character("utf-8")).toBe(Buffer.byteLength(text.slice(0, offset)));
  expect(character("utf-32")).toBe([...text.slice(0, offset)].length);
});

test("any offset between characters comes back, in any encoding and with any line ends", () => {
  const piece = fc.constantFrom("a", "β", "中", "😀", "\n", "\r\n", "\ra", " ");
  fc.assert(
    fc.property(fc.array(piece), fc.constantFrom<Encoding>("utf-16", "utf-8", "utf-32"), (pieces, encoding) => {
      const text = pieces.join("");
      const lines = new Lines(text, encoding);
      let at = 0;
      for (const one of pieces) {
        expect(lines.offset(lines.position(at))).toBe(at);
        at += one.length;
      }
      expect(lines.offset({ line: 1e9, character: 0 })).toBe(text.length);
      expect(lines.offset({ line: 0, character: 1e9 })).toBeLessThanOrEqual(text.length);
      expect(lines.offset({ line: -1, character: 3 })).toBe(0);
    }),
  );
});

test("the client's first encoding that is known is taken", () => {
  expect(negotiated(undefined)).toBe("utf-16");
  expect(negotiated(["utf-7", "utf-8", "utf-16"])).toBe("utf-8");
});

test("files, files of the library and documents that are none have paths, and their URIs come back", () => {
  const uris = new Uris("/opt/neuro/stdlib");
  expect(uris.path("file:///opt/neuro/stdlib/models.neuro")).toBe("std/models.neuro");
  expect(uris.uri("std/data.neuro")).toBe("file:///opt/neuro/stdlib/data.neuro");
  expect(uris.path("file:///home/a%20b/%C3%A9.neuro")).toBe("/home/a b/é.neuro");
  expect(uris.path("untitled:Untitled-1")).toBe("untitled:Untitled-1");
  expect(uris.uri("untitled:Untitled-2")).toBe("untitled:Untitled-2");
  expect(uris.uri(uris.path("file:///c%3A/specs/main.neuro"))).toBe("file:///c%3A/specs/main.neuro");
});

test("drives and shares of Windows have one path however they are written", () => {
  expect(pathOf("file:///C:/specs/main.neuro")).toBe("c:/specs/main.neuro");
  expect(pathOf("file:///c%3A/specs/main.neuro")).toBe("c:/specs/main.neuro");
  expect(slashed("C:\\specs\\")).toBe("c:/specs");
  expect(uriOf("c:/specs/main.neuro")).toBe("file:///c%3A/specs/main.neuro");
  expect(pathOf("file://server/share/main.neuro")).toBe("//server/share/main.neuro");
  expect(pathOf("file:///%E0%A4%A")).toBe("file:///%E0%A4%A");
});
