/**
 * @typedef {{ name: string, message: string }} Failure
 * @typedef {{ start: string | null, end: string | null, success: boolean | null, error: Failure | null }} Attempt
 * @typedef {{ type: "step" | "rollback", name: string, start: string | null, end: string | null, success: boolean | null,
 *   output: string | null, config: object, attempts: Attempt[] }} Step
 * @typedef {{ type: "sleep" | "waitForEvent", name: string, start: string | null, end: string | null, finished: boolean,
 *   error: Failure | null, event_type?: string, output?: string }} Timer
 * @typedef {{ type: "termination" }} Termination
 * @typedef {{ status: string, params: unknown, queued: string, start: string | null, end: string | null, output: unknown,
 *   error: Failure | null, rollback: { outcome: string, error?: Failure | null } | null, trigger: { source: string },
 *   schedule?: { cron: string }, steps: (Step | Timer | Termination)[] }} Detail
 * @typedef {{ id: string, status: string, created_on: string, ended_on: string | null, trigger_source: string }} Listed
 * @typedef {{ name: string, instances: Record<string, number>, schedules: { cron: string, next_instance: string }[] }} Workflow
 * @typedef {{ namespace: string, workflow: string, id: string }} Ref
 * @typedef {{ eventId: number, timestamp: number, type: string, stepName?: string, [field: string]: unknown }} JournalEvent
 */

const path = (/** @type {readonly string[]} */ ...parts) =>
  ["/client/v4/accounts", ...parts.map(encodeURIComponent)].join("/");

const ofInstance = (/** @type {Ref} */ { namespace, workflow, id }) =>
  path(namespace, "workflows", workflow, "instances", id);

/** A refusal, with what the engine says of it. */
export class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** @param {string} url @param {{ method?: string, body?: unknown, signal?: AbortSignal }} [options] */
async function call(url, { method = "GET", body, signal } = {}) {
  const response = await fetch(url, {
    method,
    ...(signal && { signal }),
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const answer = await response.json();
  if (!answer.success) throw new Refused(response.status, answer.errors?.[0]?.message ?? answer.message);
  return answer;
}

/** @param {string} namespace @returns {Promise<Workflow[]>} */
export async function workflows(namespace) {
  return (await call(`${path(namespace, "workflows")}?per_page=100`)).result;
}

/**
 * @param {string} namespace @param {string} workflow @param {{ status: string, cursor: string }} page
 * @returns {Promise<{ instances: Listed[], next: string }>}
 */
export async function instances(namespace, workflow, { status, cursor }) {
  const query = new URLSearchParams({ per_page: "25", ...(status && { status }), ...(cursor && { cursor }) });
  const { result, result_info: info } = await call(`${path(namespace, "workflows", workflow, "instances")}?${query}`);
  return { instances: result, next: info.cursor ?? "" };
}

/** @param {Ref} ref @returns {Promise<Detail>} */
export async function instance(ref) {
  return (await call(ofInstance(ref))).result;
}

/** @param {string} namespace @param {string} workflow @param {{ id: string, params: string }} instance */
export async function create(namespace, workflow, { id, params }) {
  const body = { ...(id && { instance_id: id }), params };
  return (await call(path(namespace, "workflows", workflow, "instances"), { method: "POST", body })).result.id;
}

/** @param {Ref} ref @param {object} body */
export const steer = (ref, body) => call(`${ofInstance(ref)}/status`, { method: "PATCH", body });

/** @param {Ref} ref */
export const remove = (ref) => call(ofInstance(ref), { method: "DELETE" });

/** @param {Ref} ref @param {string} type @param {unknown} body */
export const sendEvent = (ref, type, body) =>
  call(`${ofInstance(ref)}/events/${encodeURIComponent(type)}`, { method: "POST", body });

/** What has happened to an instance, then what happens. @param {Ref} ref @param {AbortSignal} signal */
export async function* subscribe(ref, signal) {
  const response = await fetch(`${ofInstance(ref)}/subscribe`, { signal });
  if (!response.ok || response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const messages = (rest + value).split("\n\n");
    rest = messages.pop() ?? "";
    for (const message of messages) {
      const data = message.split("\n").flatMap((line) => (line.startsWith("data:") ? [line.slice(5)] : []));
      if (data.length > 0) yield /** @type {JournalEvent} */ (JSON.parse(data.join("\n")));
    }
  }
}
