import type { HandleCall } from "../src/peer.ts";
import type { Move, Moment, Scenario } from "../src/scenario.ts";

const deletes = (name: string, during: readonly Move[], rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "deleting.ts",
  className: "Waits",
  during,
  params: "old",
  ...rest,
});

const begun: Moment = { effect: "begin-1 attempt 1" };
const remove: Move = { after: begun, call: "delete" };
const batch = (ids: unknown): Move => ({ after: begun, call: "deleteBatch", ids });
const GONE: readonly HandleCall[] = [
  "delete",
  "status",
  "pause",
  "resume",
  "terminate",
  "restart",
  "sendEvent",
  "delete",
];
const NOT_FOUND = { name: "WorkflowError", message: "(instance.not_found) Instance does not exist" };
/** Of the batch that is refused; the instance is terminated after it. */
const REFUSED = {
  "no ids": [],
  "more than 100 ids": Array.from({ length: 101 }, (_, index) => `other-${index}`),
  "a text": "instance-1",
  "an object": { ids: ["instance-1"] },
  "an id that is none": ["instance-1", "a.b"],
  "a number among its ids": ["instance-1", 1],
} as const;

export const DELETING: readonly Scenario[] = [
  deletes("a waiting instance is deleted", [remove]),
  deletes("a finished instance is deleted", [
    { after: "created", call: "sendEvent", event: { type: "go" } },
    { after: { status: "complete" }, call: "delete" },
  ]),
  deletes("an instance is deleted while its callback runs", [remove], { className: "WorksLong" }),
  deletes("a deleted instance cannot be deleted again", [remove, { after: { status: "gone" }, call: "delete" }], {
    differences: [{ because: "goneIsGone", perdure: { answers: ["ok", "ok", NOT_FOUND] } }],
  }),
  deletes("a handle of a deleted instance finds it no more", [{ after: begun, call: "each", calls: GONE }], {
    differences: [
      { because: "goneIsGone", perdure: { answers: ["ok", ["ok", ...GONE.slice(1).map(() => NOT_FOUND)]] } },
    ],
  }),
  deletes("the id of a deleted instance is free at once", [
    { after: "created", call: "sendEvent", event: { type: "other" } },
    remove,
    { after: "created", call: "create", params: "new" },
    { after: { effect: "begin-1 attempt 1", times: 2 }, call: "sendEvent", event: { type: "go" } },
  ]),
  deletes("a batch deletes each id once, and tells of those that are not there", [
    batch(["nobody", "instance-1", "instance-1", "nobody"]),
  ]),
  ...Object.entries(REFUSED).map(([what, ids]) =>
    deletes(`nothing is deleted by a batch of ${what}`, [batch(ids), { after: "created", call: "terminate" }]),
  ),
];
