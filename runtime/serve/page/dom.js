/** Elements made of names, attributes and text: what documents and models say becomes text nodes, never markup. */

/** @typedef {Node | string | false | null | undefined} Child */

/**
 * An element. Attributes whose value is false or undefined are left out; functions are listeners by their event's name.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== false && child !== null && child !== undefined));
  return made;
}

/**
 * The element of an id of `index.html`.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function at(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

/**
 * A bar that shows a share of a whole, from `from` to `to` (0 to 1). For eyes only: the number stands beside it.
 * @param {number} from
 * @param {number} to
 */
export function bar(from, to) {
  const fill = el("span");
  const [left, right] = [from, to].map((share) => Math.min(1, Math.max(0, share)) * 100);
  fill.style.marginInlineStart = `${left}%`;
  fill.style.inlineSize = `${Math.max(0.8, right - left)}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, fill);
}

/** A setting of this browser, where it keeps any. @param {string} name @returns {string | null} */
export function kept(name) {
  try {
    return localStorage.getItem(`neuro.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a setting, where the browser does. @param {string} name @param {string} value */
export function keep(name, value) {
  try {
    localStorage.setItem(`neuro.${name}`, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
