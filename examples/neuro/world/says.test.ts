import { expect, test } from "vitest";
import { says } from "./says.ts";

const page = (title: string, text: string) => ({ id: title, title, url: "", text });
const asked = (content: string) => [{ role: "user", content } as const];
const ghana = page("Ghana", "Ghana is a country. The capital is Accra. About 5 million people live there.");

test("a page about what was asked bears out what it says word for word", () => {
  expect(says(asked("What is the capital of Ghana?"), [ghana], "Accra")).toBe(1);
  expect(says(asked("What is the capital of Ghana?"), [ghana], "Lagos")).toBe(0);
  expect(says(asked("How many people live in Ghana?"), [ghana], "5 million")).toBe(1);
  expect(says(asked("How many people live in Ghana?"), [ghana], "15 million")).toBe(0);
});

test("a page about something else does not, whatever it says", () => {
  expect(says(asked("What is the capital of Togo?"), [ghana], "Accra")).toBe(0);
  expect(says(asked("What is the capital of Ghana?"), [page("Help with Ghana", "Is it Accra?")], "Accra")).toBe(0);
});

test("an earlier turn may have named it, in another form", () => {
  const turns = [
    ...asked("Назови столицу Ганы."),
    { role: "assistant", content: "Аккра [1]" } as const,
    ...asked("А население?"),
  ];
  expect(says(turns, [page("Гана", "Гана — страна. Население — около 33 млн человек.")], "33 млн")).toBe(1);
});
