/** How long a note is shown. */
const NOTE_MS = 6000;

/** @typedef {Node | string | null | false} Child */
/** @typedef {Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>} Attributes */

/**
 * An element. Texts become text and nothing else: what workflows and callers wrote is never read as markup.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes] A function listens to the event of its name.
 * @param {readonly Child[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {readonly Child[]} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Attributes} attributes
 * @param {readonly Child[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

/** @param {Element} element @param {readonly Child[]} children */
export function show(element, ...children) {
  element.replaceChildren(...present(children));
}

/** @param {string} id */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {readonly Child[]} children */
function present(children) {
  return children.filter((child) => child !== null && child !== false);
}

/** Says something in the corner for a while. @param {string} text @param {"good" | "bad"} [tone] */
export function note(text, tone = "good") {
  const line = h("p", { "data-tone": tone }, text);
  byId("notes").append(line);
  setTimeout(() => line.remove(), NOTE_MS);
}
