/** The door of the language service: a service over a host, views of files, and the words that its features speak. Each feature is a file of `features/`. */
export { children, declarationAt, entityAt, type NameAt, nameAt, trail } from "./at.ts";
export { Service, type View } from "./service.ts";
export { applied, type Change, type Edit, type Edits, type Place, type Range, type Refusal } from "./words.ts";
