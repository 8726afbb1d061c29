/** What a pure function of a text gave, kept for the texts that were asked about lately: documents that are found again are not cut again. */

/** The same function; `most` is how many letters of texts are kept. */
export function remembered<T>(of: (text: string) => T, most = 2 ** 22): (text: string) => T {
  const known = new Map<string, T>();
  let letters = 0;
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) {
      // The longest unused stands first.
      known.delete(text);
      known.set(text, before);
      return before;
    }
    const value = of(text);
    known.set(text, value);
    letters += text.length;
    for (const old of known.keys()) {
      if (letters <= most) break;
      known.delete(old);
      letters -= old.length;
    }
    return value;
  };
}
