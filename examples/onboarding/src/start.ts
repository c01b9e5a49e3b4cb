import { fileURLToPath } from "node:url";
import { attend, entriesOf, outputOf, wasSent } from "../../support/attend.ts";
import { demonstrate, type Stage } from "../../support/demonstrate.ts";
import { type Actor, findOrCreate } from "../../support/instance.ts";
import { FOLDER } from "./env.ts";
import type { Params, Upgrade } from "./workflow.ts";

interface Output {
  readonly user: string;
  readonly plan: string;
}

const WORKFLOW = "OnboardingWorkflow";

/** The step after which Ada makes up her mind. Bob never does. */
const MADE_UP_HER_MIND = "check activity";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const setting = { folder: FOLDER, workflow: file("index.ts"), env: file("env.ts") };

await demonstrate(setting, async (stage) => {
  for (const user of ["Ada", "Bob"]) {
    const name = user.toLowerCase();
    const params = { user, email: `${name}@example.com` };
    const actor = await findOrCreate<Params, Output>(stage, { workflow: WORKFLOW, name, params });
    await seeThrough(stage, actor, user === "Ada");
    const { plan } = await outputOf(actor.instance);
    stage.say(`\n${user} is on the plan "${plan}".\n`);
  }
});

/** Tells what happens, and sends the upgrade of a user who wants one. */
async function seeThrough(stage: Stage, actor: Actor<Output>, upgrades: boolean): Promise<void> {
  let upgrade: Promise<void> | undefined;
  await attend(stage, actor, {
    onRecord: (record) => {
      const decided = entriesOf(record, "stepCompleted").some(({ key }) => key?.name === MADE_UP_HER_MIND);
      if (upgrades && decided) upgrade ??= sendUpgrade(stage, actor);
    },
  });
  await upgrade;
}

async function sendUpgrade(stage: Stage, actor: Actor<Output>): Promise<void> {
  if (await wasSent(stage, actor, "upgraded")) return;
  await actor.instance.sendEvent({ type: "upgraded", payload: { plan: "Pro" } satisfies Upgrade });
}
