import { h } from "./dom.js";

/**
 * @typedef {{ name: string, label: string, kind: "text" | "json" | "check", value?: string, pattern?: string,
 *   required?: boolean, hint?: string, choices?: readonly string[] }} Field
 */

/**
 * Asks in a dialog, and does what was asked for. It stays open while that is refused, and says why.
 *
 * @param {{ title: string, text?: string, action: string, harm?: boolean, fields?: readonly Field[] }} question
 * @param {(values: Record<string, string>) => Promise<unknown>} act A checked box is "on", any other is absent.
 */
export function ask({ title, text, action, harm = false, fields = [] }, act) {
  const problem = h("p", { class: "error", role: "alert" });
  const submit = h("button", { class: harm ? "harm" : "first" }, action);
  const cancel = h("button", { type: "button", click: () => dialog.close() }, "Cancel");
  const inputs = fields.map((field) => inputOf(field));
  const validate = () => {
    problem.textContent = fields.map((field, index) => problemOf(field, inputs[index])).find(Boolean) ?? "";
    submit.disabled = problem.textContent !== "";
  };
  const form = h(
    "form",
    { method: "dialog", input: validate },
    h("h2", {}, title),
    text !== undefined && h("p", {}, text),
    ...fields.map((field, index) => labelled(field, /** @type {HTMLElement} */ (inputs[index]))),
    problem,
    h("footer", {}, cancel, submit),
  );
  const dialog = h("dialog", { "aria-label": title, close: () => dialog.remove() }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    act(/** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)))).then(
      () => dialog.close(),
      (error) => {
        problem.textContent = error.message;
        submit.disabled = false;
      },
    );
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {Field} field */
function inputOf({ name, kind, value = "", pattern, required = false, choices }) {
  switch (kind) {
    case "json":
      return h("textarea", { name, spellcheck: "false", autocomplete: "off" }, value);
    case "check":
      return h("input", { name, type: "checkbox" });
    case "text": {
      const list = choices !== undefined && choices.length > 0 ? `${name}-choices` : undefined;
      return h("input", {
        name,
        value,
        required,
        autocomplete: "off",
        spellcheck: "false",
        ...(pattern && { pattern }),
        ...(list && { list }),
      });
    }
  }
}

/** @param {Field} field @param {HTMLElement} input */
function labelled({ name, kind, label, hint, choices = [] }, input) {
  if (kind === "check") return h("label", { class: "check" }, input, ` ${label}`);
  return h(
    "label",
    {},
    h("span", {}, label),
    input,
    hint !== undefined && h("span", {}, hint),
    choices.length > 0 && h("datalist", { id: `${name}-choices` }, ...choices.map((value) => h("option", { value }))),
  );
}

/** @param {Field} field @param {HTMLInputElement | HTMLTextAreaElement | undefined} input */
function problemOf({ kind, label, hint }, input) {
  const problem = kind === "json" ? jsonProblem(input?.value ?? "") : input?.checkValidity() === false;
  input?.setAttribute("aria-invalid", String(problem !== false));
  if (problem === true) return `${label}: ${hint ?? "this does not fit"}`;
  return problem === false ? "" : `${label}: ${problem}`;
}

/** @param {string} text @returns {string | false} */
function jsonProblem(text) {
  try {
    if (text.trim() !== "") JSON.parse(text);
    return false;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}
