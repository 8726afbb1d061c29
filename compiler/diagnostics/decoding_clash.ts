/** The parts of a decoding go together. */
import { defineDiagnostic, remove } from "./define.ts";

export const decodingClash = defineDiagnostic<{ what: string; better: string; without?: string }>({
  code: "decoding_clash",
  severity: "error",
  title: "Decoding clash",
  label: () => "these do not go together",
  text: ({ what }) => `${what}`,
  hint: ({ better }) => `${better}`,
  fix: ({ without }, at) => (without ? remove(at, `Leave ${without} out`) : undefined),
  wrong: `decoding bold { strategy: beam(width: 4), temperature: 0.7, most: 200 tokens }`,
  right: `decoding bold { strategy: sample(temperature: 0.7), most: 200 tokens }`,
  page: "Beam search and greedy decoding take the best; sampling draws. A temperature belongs to sampling.",
});
