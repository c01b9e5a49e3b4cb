import { parseDuration } from "../duration.ts";
import { NonRetryableDelayError } from "../errors.ts";
import { stepLabel } from "../names.ts";
import type { WorkflowDelayFunction, WorkflowStepContext } from "../workflow-step.ts";
import { alarm } from "./alarm.ts";

/** How long a delay function may take. The programming model's limit. */
const DELAY_FUNCTION_MS_MAX = 5_000;

/** The longest delay: 365 days, as for all timers. */
const RETRY_DELAY_MS_MAX = 365 * 86_400_000;

/**
 * Asks a step's delay function for the base of the delay, in ms.
 *
 * @throws NonRetryableDelayError when it throws, is late, or gives no duration.
 */
export async function askForDelay(
  delay: WorkflowDelayFunction,
  context: WorkflowStepContext,
  error: unknown,
): Promise<number> {
  const label = stepLabel(context.step.name, context.step.count);
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = alarm(DELAY_FUNCTION_MS_MAX, () => reject(NonRetryableDelayError.late(label)));
  try {
    const answer = await Promise.race([promise, answerOf(delay, context, error, label)]);
    const ms = parseDuration(answer);
    if (Number.isFinite(ms) && ms >= 0) return Math.min(ms, RETRY_DELAY_MS_MAX);
    throw NonRetryableDelayError.invalid(label);
  } finally {
    cancel();
  }
}

async function answerOf(
  delay: WorkflowDelayFunction,
  context: WorkflowStepContext,
  error: unknown,
  label: string,
): Promise<unknown> {
  try {
    return await delay({ ctx: context, error: error as Error });
  } catch (thrown) {
    throw NonRetryableDelayError.threw(label, thrown);
  }
}
