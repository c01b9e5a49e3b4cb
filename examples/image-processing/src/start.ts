import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "../../support/attend.ts";
import { demonstrate } from "../../support/demonstrate.ts";
import { findOrCreate } from "../../support/instance.ts";
import { attendAndApprove } from "./start-approval.ts";
import { BUCKET_FOLDER, FOLDER } from "./start-env.ts";
import type { Params } from "./workflow.ts";

interface Output {
  readonly description: string;
  /** Key in the bucket. */
  readonly published: string;
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const setting = { folder: FOLDER, workflow: file("workflow.ts"), env: file("start-env.ts") };

await demonstrate(setting, async (stage) => {
  const picture = await findOrCreate<Params, Output>(stage, {
    // The class's name is the workflow's.
    workflow: "ImageProcessingWorkflow",
    name: "lake",
    params: { imageKey: "lake-at-dawn.png" },
  });
  if ((await attendAndApprove(stage, picture)) === "not approved") {
    stage.say("Not approved. It waits for an approval for up to 24 hours; npm start asks again.");
    return;
  }
  const { description, published } = await outputOf(picture.instance);
  // npm runs this in its own folder; a path is of use from where it was typed.
  const from = process.env["INIT_CWD"] ?? process.cwd();
  stage.say(`\n${description}\nPublished as ${relative(from, join(BUCKET_FOLDER, published))}`);
});
