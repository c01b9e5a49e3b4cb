/** What a `scheduled` handler gets. */
export interface ScheduledController {
  readonly type: "scheduled";
  /** The expression that it is called for; empty when it was called by hand without one. */
  readonly cron: string;
  /** When it was due, in ms since the epoch. */
  readonly scheduledTime: number;
  /** Accepted and without effect: a call that fails is not made again. */
  noRetry(): void;
}

export function scheduledController(cron: string, scheduledTime: number): ScheduledController {
  return { type: "scheduled", cron, scheduledTime, noRetry() {} };
}
