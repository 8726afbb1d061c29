/**
 * Which web pages may ask here: the server's own, and those that it was told of. A page elsewhere that knows this address must not use a visitor's
 * browser to ask (cross-site requests), nor give its own name this address (DNS rebinding). Programs send no `origin` and are not concerned.
 */

const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/** Who may ask from a browser. */
export type Origins = {
  /** Whether a request's `origin` and `host` are those of a page that may ask. */
  welcomes(origin: string | undefined, host: string | undefined): boolean;
  /** What a browser must be told, so that a page of another site that may ask sees the response; nothing for all others. */
  headers(origin: string | undefined): Readonly<Record<string, string>>;
};

/** The origins of a server at `host`, with those it was told of. */
export function originsOf(host: string, origins: readonly string[]): Origins {
  const known = new Set(origins.map((origin) => origin.replace(/\/+$/, "").toLowerCase()));
  const names = new Set([...known].map((origin) => origin.replace(/^https?:\/\//, "")));
  const here = local.test(host.includes(":") ? `[${host}]` : host);
  return {
    welcomes(origin, asked = "") {
      // Who listens on this machine only is asked by a name of this machine, whatever a page calls it.
      if (here && asked !== "" && !local.test(asked) && !names.has(asked.toLowerCase())) return false;
      if (origin === undefined) return true;
      return known.has(origin.toLowerCase()) || origin.replace(/^https?:\/\//, "").toLowerCase() === asked.toLowerCase();
    },
    headers(origin): Readonly<Record<string, string>> {
      if (origin === undefined || !known.has(origin.toLowerCase())) return {};
      return {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers":
          "authorization, content-type, x-api-key, traceparent, mcp-protocol-version, mcp-session-id",
        "access-control-max-age": "3600",
        vary: "origin",
      };
    },
  };
}
