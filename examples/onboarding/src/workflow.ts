import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";

export interface Params {
  readonly user: string;
  readonly email: string;
}

/** What the page with the prices sends. */
export interface Upgrade {
  readonly plan: string;
}

export interface Env {
  readonly ACCOUNTS: {
    /** How often the user was there. */
    visits(user: string): Promise<number>;
    setPlan(user: string, plan: string): Promise<void>;
  };
  readonly MAIL: { send(mail: { readonly to: string; readonly subject: string }): Promise<void> };
  /** How long a day is. 86,400,000, unless somebody wants to watch. */
  readonly DAY_MS: number;
}

const TRIAL_DAYS = 14;
const REMINDERS = [
  { day: 7, subject: "Half of your trial is left" },
  { day: 12, subject: "Two days to go" },
] as const;

/** Sees a new user through the trial: to a paid plan when an upgrade comes before the end, to the free one otherwise. */
export class OnboardingWorkflow extends WorkflowEntrypoint<Env, Params> {
  async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const { user, email } = event.payload;
    const mail = (name: string, subject: string) =>
      step.do(name, async () => this.env.MAIL.send({ to: email, subject }));

    const startedAt = await step.do("start the trial", async () => {
      await this.env.ACCOUNTS.setPlan(user, "trial");
      return Date.now();
    });
    const day = (n: number): Date => new Date(startedAt + n * this.env.DAY_MS);

    // All dates are set before anything else happens: no delay on the way can leave one of them in the past.
    const reminders = REMINDERS.map(({ day: n, subject }) => ({
      name: `remind on day ${n}`,
      subject,
      due: step.sleepUntil(`day ${n}`, day(n)).then(() => null),
    }));
    const trialEnd = step.sleepUntil("end of trial", day(TRIAL_DAYS)).then(() => null);
    // Open for longer than the trial, so that it never times out before the race is over.
    const upgrade = step
      .waitForEvent<Upgrade>("upgrade", { type: "upgraded", timeout: 2 * TRIAL_DAYS * this.env.DAY_MS })
      .then(({ payload }) => payload.plan);

    const firstDays = async (): Promise<null> => {
      await mail("welcome", `Welcome, ${user}!`);
      await step.sleep("first days", 3 * this.env.DAY_MS);
      const visits = await step.do("check activity", async () => this.env.ACCOUNTS.visits(user));
      if (visits === 0) await mail("offer help", "May we show you around?");
      return null;
    };

    let plan = await Promise.race([upgrade, firstDays()]);
    for (const { name, subject, due } of reminders) {
      plan ??= await Promise.race([upgrade, due]);
      if (plan === null) await mail(name, subject);
    }
    plan ??= await Promise.race([upgrade, trialEnd]);

    // Both may have happened by the time that this is run again: the step keeps who came first.
    const settled = await step.do("settle the plan", async () => {
      await this.env.ACCOUNTS.setPlan(user, plan ?? "free");
      return plan;
    });
    if (settled === null) await mail("say that the trial is over", "Your trial is over. Your data stays.");
    else await mail("thank", `Thank you for choosing ${settled}`);
    return { user, plan: settled ?? "free" };
  }
}
