import { fileURLToPath } from "node:url";
import { attend, outputOf } from "../../support/attend.ts";
import { demonstrate } from "../../support/demonstrate.ts";
import { findOrCreate } from "../../support/instance.ts";
import { FOLDER } from "./env.ts";
import type { Params } from "./workflow.ts";

interface Output {
  readonly title: string;
  readonly text: string;
  readonly score: number;
  readonly rounds: number;
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const setting = { folder: FOLDER, workflow: file("index.ts"), env: file("env.ts") };

await demonstrate(setting, async (stage) => {
  const params = { topic: "repairing old chairs" };
  const actor = await findOrCreate<Params, Output>(stage, { workflow: "WriterWorkflow", name: "chairs", params });
  await attend(stage, actor);
  const { title, text, score, rounds } = await outputOf(actor.instance);
  stage.say(`\n${title}\n${"─".repeat(title.length)}\n\n${text}\n\nScore ${score} of 10 after ${rounds} reviews.`);
});
