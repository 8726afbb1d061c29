/** Stories of our own, in the words of small children: some to learn from, others of the same kind to be asked about. */

const children = ["Lily", "Tim", "Sue", "Ben", "Mia", "Tom", "Anna", "Max"];
const finds = [
  ["a green lamp", "the old barn"],
  ["a silver key", "the deep well"],
  ["a paper crown", "the tall tower"],
  ["a glass bird", "the cold cave"],
] as const;

const story = (child: string, thing: string, place: string): string =>
  `The wind was loud. ${child} went into ${place} and saw ${thing}. "Who lost ${thing}?" said ${child}. ` +
  `Nobody came. So ${child} put ${thing} on the table, and at night it began to sing. ${child} was not afraid.`;

const all = children.flatMap((child) => finds.map(([thing, place]) => story(child, thing, place)));

/** Stories to learn from. */
export const told: readonly string[] = all.filter((_, i) => i % 4 !== 3);
/** Stories of which the thing and the place were not told of. */
export const held: readonly string[] = all.filter((_, i) => i % 4 === 3);
/** How stories begin. */
export const beginnings: readonly string[] = [
  "Once upon a time, there was a little",
  "One day, Tim saw a",
  "Lily had a big",
  "Ben and Mia went to the park. They saw a",
  "Mom said, look! It is a",
  "The boy wanted a",
];
