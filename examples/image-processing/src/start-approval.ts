import { createInterface } from "node:readline/promises";

/** Whether a person is there to ask. */
export const personAtTerminal = process.stdin.isTTY && process.stdout.isTTY;

/**
 * Asks whether the picture may be published. Whatever is not yes, the end of the input too, is no.
 *
 * @param signal Withdraws the question: the answer is then no.
 */
export async function askForApproval(signal: AbortSignal): Promise<boolean> {
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
