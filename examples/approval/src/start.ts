import { fileURLToPath } from "node:url";
import { attend, entriesOf, outputOf } from "../../support/attend.ts";
import { demonstrate, type Stage } from "../../support/demonstrate.ts";
import { findOrCreate } from "../../support/instance.ts";
import env, { ANSWER_WITHIN_VARIABLE, FOLDER, personAtTerminal } from "./env.ts";
import { Site } from "./site.ts";
import type { Decision, Params } from "./workflow.ts";

const WORKFLOW = "ApprovalWorkflow";

const APPROVERS = ["Ada", "Grace"];

/** What each is about, and what the example answers where no person does: nobody answers for the yacht until Grace is asked. */
const REQUESTS = {
  espresso: {
    params: { title: "Espresso machine", cents: 89_900, by: "Lin", approvers: APPROVERS },
    answer: { by: "Ada", decision: "approve" },
  },
  yacht: {
    params: { title: "Company yacht", cents: 45_000_000, by: "Max", approvers: APPROVERS },
    answer: { by: "Grace", decision: "reject" },
  },
} as const;

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const setting = { folder: FOLDER, workflow: file("index.ts"), env: file("env.ts") };

process.env[ANSWER_WITHIN_VARIABLE] ??= personAtTerminal ? "30 seconds" : "4 seconds";

await demonstrate(setting, async (stage) => {
  await using site = new Site(stage.client, WORKFLOW, env().REQUESTS);
  const url = await site.open();
  stage.say(`The page with the buttons is ${url}`);
  if (!personAtTerminal) stage.say("No terminal, so nobody to press them: the example does that itself");
  const requests = Object.keys(REQUESTS) as (keyof typeof REQUESTS)[];
  const decisions = await Promise.all(requests.map((name) => seeThrough(stage, name, url)));
  stage.say("");
  for (const [index, { approved, by }] of decisions.entries()) {
    stage.say(`${REQUESTS[requests[index]!].params.title}: ${approved ? "approved" : "not approved"} by ${by}`);
  }
});

async function seeThrough(stage: Stage, name: keyof typeof REQUESTS, url: string): Promise<Decision> {
  const { params, answer } = REQUESTS[name];
  const actor = await findOrCreate<Params, Decision>(stage, { workflow: WORKFLOW, name, params });
  let pressed: Promise<void> | undefined;
  await attend(stage, actor, {
    label: name.padEnd("espresso".length),
    onRecord: (record) => {
      const isAsked = entriesOf(record, "waitStarted").some(({ key }) => key?.name === `answer of ${answer.by}`);
      if (isAsked && !personAtTerminal) pressed ??= press(url, { id: actor.instance.id, ...answer });
    },
  });
  await pressed;
  return outputOf(actor.instance);
}

/** What a browser sends. A 409 says that an earlier start has pressed it. */
async function press(url: string, form: Readonly<Record<string, string>>): Promise<void> {
  const { ok, status } = await fetch(new URL("/decide", url), { method: "POST", body: new URLSearchParams(form) });
  if (!ok && status !== 409) throw new Error(`the page answers with ${status}`);
}
