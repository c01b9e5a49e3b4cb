import { create } from "./api.js";
import { ask } from "./dialog.js";
import { linkTo } from "./place.js";

/** Asks for a new instance, and goes to it. @param {string} namespace @param {string} [workflow] */
export function askForInstance(namespace, workflow = "") {
  const fields = /** @type {const} */ ([
    {
      name: "workflow",
      label: "workflow",
      kind: "text",
      value: workflow,
      required: true,
      pattern: "[a-zA-Z0-9_][a-zA-Z0-9_\\-]{0,63}",
      hint: "1 to 64 letters, digits, _ and -",
    },
    {
      name: "id",
      label: "id",
      kind: "text",
      pattern: "[a-zA-Z0-9_][a-zA-Z0-9_\\-]{0,99}",
      hint: "1 to 100 letters, digits, _ and -; empty for one that is made",
    },
    { name: "params", label: "params, as JSON", kind: "json", value: "{}" },
  ]);
  ask({ title: "Create an instance", action: "Create", fields }, async (values) => {
    const { workflow: name = "", id = "", params = "" } = values;
    const made = await create(namespace, name, { id, params: params.trim() === "" ? "{}" : params });
    location.hash = linkTo(namespace, name, made);
  });
}
