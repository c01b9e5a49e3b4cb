import { join } from "node:path";
import { FolderBucket } from "../../support/bucket.ts";
import { exampleFolder } from "../../support/folder.ts";

export const FOLDER = exampleFolder(import.meta.url);

/** Whether somebody is there to press the buttons. */
export const personAtTerminal = process.stdin.isTTY && process.stdout.isTTY;

/** Tells the worker, which has no terminal, how long an approver has. */
export const ANSWER_WITHIN_VARIABLE = "APPROVAL_ANSWER_WITHIN";

/** Builds what the workflow finds in `this.env`: what wrangler.jsonc binds, as a folder, and less patience. */
export default function env() {
  return {
    REQUESTS: new FolderBucket(join(FOLDER, ".perdure", "requests")),
    ANSWER_WITHIN: process.env[ANSWER_WITHIN_VARIABLE] ?? "24 hours",
  };
}
