import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exampleFolder } from "../../support/folder.ts";
import { Outbox } from "../../support/outbox.ts";
import type { Env } from "./workflow.ts";

export const FOLDER = exampleFolder(import.meta.url);

/** Two weeks pass in a few seconds. */
const DAY_MS = 400;

/** Who was there in the first days. */
const VISITS: Readonly<Record<string, number>> = { Ada: 5, Bob: 0 };

/** Builds what the workflow finds in `this.env`: what wrangler.jsonc binds, as files in a folder, and shorter days. */
export default function env(): Env {
  const folder = join(FOLDER, ".perdure");
  return {
    ACCOUNTS: {
      visits: async (user) => VISITS[user] ?? 0,
      setPlan: async (user, plan) => {
        await mkdir(join(folder, "plans"), { recursive: true });
        await writeFile(join(folder, "plans", user), plan);
      },
    },
    MAIL: new Outbox(join(folder, "outbox.jsonl")),
    DAY_MS,
  };
}
