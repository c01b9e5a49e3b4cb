/** @import { Detail, Ref } from "./api.js" */
import { remove, sendEvent, steer } from "./api.js";
import { ask } from "./dialog.js";
import { h, note } from "./dom.js";
import { linkTo } from "./place.js";
import { isFinished } from "./text.js";

/** What can be done with an instance now. @param {Ref} ref @param {Detail} detail @param {() => void} changed */
export function actionsOf(ref, detail, changed) {
  const { status } = detail;
  const over = isFinished(status);
  /** @param {string} action */
  const now = (action) => () => {
    steer(ref, { status: action }).then(changed, (error) => note(error.message, "bad"));
  };
  const held = status === "paused" || status === "waitingForPause";
  return [
    held
      ? h("button", { click: now("resume") }, "Resume")
      : h("button", { disabled: over, click: now("pause") }, "Pause"),
    h("button", { disabled: over, click: () => askForEvent(ref, detail, changed) }, "Send event"),
    h("button", { click: () => askToRestart(ref, null, changed) }, "Restart"),
    h("button", { class: "harm", disabled: over, click: () => askToTerminate(ref, changed) }, "Terminate"),
    h("button", { class: "harm", click: () => askToDelete(ref) }, "Delete"),
  ];
}

/** @param {Ref} ref @param {object | null} from @param {() => void} changed */
export function askToRestart(ref, from, changed) {
  const text =
    from === null
      ? "It begins anew with the same params. What it has done so far is forgotten."
      : `It begins anew at "${/** @type {{ name: string }} */ (from).name}". Steps that started before it are not run again.`;
  const question = { title: `Restart ${ref.id}?`, text, action: "Restart" };
  ask(question, () => steer(ref, { status: "restart", ...(from && { from }) }).then(changed));
}

/** @param {Ref} ref @param {() => void} changed */
function askToTerminate(ref, changed) {
  const fields = /** @type {const} */ ([{ name: "rollback", label: "Undo its steps first", kind: "check" }]);
  const question = {
    title: `Terminate ${ref.id}?`,
    text: "What runs is cut off.",
    action: "Terminate",
    harm: true,
    fields,
  };
  ask(question, ({ rollback }) => steer(ref, { status: "terminate", rollback: rollback === "on" }).then(changed));
}

/** @param {Ref} ref */
function askToDelete(ref) {
  const text = "It is gone at once, with its journal, whatever it is doing.";
  ask({ title: `Delete ${ref.id}?`, text, action: "Delete", harm: true }, async () => {
    await remove(ref);
    location.hash = linkTo(ref.namespace, ref.workflow);
  });
}

/** @param {Ref} ref @param {Detail} detail @param {() => void} changed */
function askForEvent(ref, { steps }, changed) {
  const awaited = steps.flatMap((step) =>
    step.type === "waitForEvent" && !step.finished ? (step.event_type ?? "").split(", ") : [],
  );
  const fields = /** @type {import("./dialog.js").Field[]} */ ([
    {
      name: "type",
      label: "type",
      kind: "text",
      value: awaited[0] ?? "",
      choices: awaited,
      required: true,
      pattern: "[a-zA-Z0-9_][a-zA-Z0-9_\\-]{0,99}",
      hint: "1 to 100 letters, digits, _ and -",
    },
    { name: "payload", label: "payload, as JSON", kind: "json", value: "{}" },
  ]);
  ask({ title: "Send an event", action: "Send", fields }, async ({ type = "", payload = "" }) => {
    await sendEvent(ref, type, payload.trim() === "" ? {} : JSON.parse(payload));
    changed();
  });
}
