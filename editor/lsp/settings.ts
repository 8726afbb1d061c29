/** What a person may set, with what holds where nothing is said; anything that is not of its type is as if it were not said. */

/** The settings of the section `neuro`. */
export interface Settings {
  readonly check: { /** Milliseconds of silence before a check. */ readonly delay: number };
  readonly codeLens: { readonly enable: boolean };
  readonly inlayHints: { readonly types: boolean; readonly parameters: boolean; readonly costs: boolean };
}

export const defaults: Settings = {
  check: { delay: 100 },
  codeLens: { enable: true },
  inlayHints: { types: true, parameters: true, costs: true },
};

/** The settings in what a client sent: the section itself, or an object that holds it as `neuro`. */
export function settingsOf(sent: unknown): Settings {
  const section = record(record(sent)?.neuro) ?? record(sent);
  return merged(defaults, section) as Settings;
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

function merged(known: object, said: Record<string, unknown> | undefined): object {
  return Object.fromEntries(
    Object.entries(known).map(([key, value]) => {
      const mine = said?.[key];
      if (typeof value === "object") return [key, merged(value as object, record(mine))];
      if (typeof value === "number") return [key, typeof mine === "number" && mine >= 0 && mine <= 60_000 ? mine : value];
      return [key, typeof mine === typeof value ? mine : value];
    }),
  );
}
