/** Where a document's address may lead: the web, and nothing that a browser would run or read from this machine or server. */

import { el } from "./dom.js";

/**
 * An address that may be opened, or undefined: `javascript:`, `data:`, `file:`, relative paths and everything else that is no http(s).
 * @param {string} url
 * @returns {string | undefined}
 */
export function safeUrl(url) {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, username, password, href } = new URL(url);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "" ? href : undefined;
}

/**
 * A document's address as a link where it may be opened, as text where it may not.
 * @param {string} url
 * @returns {HTMLElement}
 */
export function address(url) {
  const href = safeUrl(url);
  if (href === undefined) return el("span", { class: "address" }, url);
  return el("a", { class: "address", href, target: "_blank", rel: "noopener noreferrer nofollow" }, url);
}
