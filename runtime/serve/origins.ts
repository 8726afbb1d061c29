/**
 * Which web pages may ask here: the server's own, and those that it was told of. A page elsewhere that knows this address must not use a visitor's
 * browser to ask (cross-site requests), nor give its own name this address (DNS rebinding). Programs send no `origin` and are not concerned.
 */

const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/** The test of a request's `origin` and `host` for a server at `host`, with the origins it was told of. */
export function welcome(host: string, origins: readonly string[]): (origin?: string, host?: string) => boolean {
  const known = new Set(origins.map((origin) => origin.replace(/\/+$/, "").toLowerCase()));
  const names = new Set([...known].map((origin) => origin.replace(/^https?:\/\//, "")));
  const here = local.test(host.includes(":") ? `[${host}]` : host);
  return (origin, asked = "") => {
    // Who listens on this machine only is asked by a name of this machine, whatever a page calls it.
    if (here && asked !== "" && !local.test(asked) && !names.has(asked.toLowerCase())) return false;
    if (origin === undefined) return true;
    return known.has(origin.toLowerCase()) || origin.replace(/^https?:\/\//, "").toLowerCase() === asked.toLowerCase();
  };
}
