import { createInterface } from "node:readline/promises";
import { setTimeout as delay } from "node:timers/promises";
import { attend, entriesOf, wasSent } from "../../support/attend.ts";
import type { Stage } from "../../support/demonstrate.ts";
import type { Actor } from "../../support/instance.ts";

/** The event that the workflow waits for. */
const APPROVED = "approved";

/** Long enough to see that the instance waits. */
const BY_ITSELF_MS = 3_000;

const personAtTerminal = process.stdin.isTTY && process.stdout.isTTY;

/** Tells what happens to an instance, and has it approved when it waits for that; until its end, or until somebody says no. */
export async function attendAndApprove(stage: Stage, actor: Actor<unknown>): Promise<"ended" | "not approved"> {
  const refused = new AbortController();
  const over = new AbortController();
  let approval: Promise<void> | undefined;
  const approve = async (): Promise<void> => {
    if (await wasSent(stage, actor, APPROVED)) return;
    if (personAtTerminal) {
      if (!(await askForApproval(over.signal))) return refused.abort();
    } else {
      stage.say(`No terminal to ask on: in ${BY_ITSELF_MS / 1_000} s the example sends the event "${APPROVED}" itself`);
      await delay(BY_ITSELF_MS);
    }
    await actor.instance.sendEvent({ type: APPROVED });
  };
  try {
    await attend(stage, actor, {
      signal: refused.signal,
      onRecord: (record) => {
        if (entriesOf(record, "waitStarted").length > 0) approval ??= approve();
        // Somebody else may have approved it.
        if (entriesOf(record, "waitCompleted").length > 0) over.abort();
      },
    });
  } catch (error) {
    if (!refused.signal.aborted) throw error;
    return "not approved";
  } finally {
    over.abort();
  }
  await approval;
  return "ended";
}

/**
 * Asks whether the picture may be published. Whatever is not yes, the end of the input too, is no.
 *
 * @param signal Withdraws the question: the answer is then no.
 */
async function askForApproval(signal: AbortSignal): Promise<boolean> {
  // Not as a terminal of its own: Ctrl-C then reaches all processes of the example, as it does elsewhere.
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  const noAnswer = new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
    signal.addEventListener("abort", () => resolve(""), { once: true });
  });
  try {
    const answer = await Promise.race([lines.question("\nPublish the picture? [y/N] "), noAnswer]);
    return /^\s*y(?:es)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}
