import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Env } from "../src/recorder.ts";
import { loosely, outcomeOf } from "./loose.ts";

type Rows = Readonly<Record<string, readonly unknown[]>>;

const callback = () => Promise.resolve("value");

const config = (value: unknown): readonly unknown[] => ["x", value, callback];
const retries = (value: unknown): readonly unknown[] => config({ retries: value });
const rollback = (value: unknown): readonly unknown[] => ["x", callback, value];

/** Arguments of `step.do` by what is odd about them. */
const TABLES = {
  callbacks: {
    none: ["x"],
    undefined: ["x", undefined],
    text: ["x", "callback"],
    noneAfterConfig: ["x", { timeout: 1000 }],
    textAfterConfig: ["x", {}, "callback"],
    noneAfterBadConfig: ["x", { retries: { limit: -1 } }],
    badNameToo: ["\0"],
  },
  refusedConfigs: {
    text: config("5 retries"),
    number: config(5),
    array: config([]),
    unknownKey: config({ retry: {} }),
    unknownKeyOfRetries: retries({ limit: 1, delay: 1, jitter: true }),
    retriesIsNumber: retries(3),
    withoutLimit: retries({ delay: 1 }),
    withoutDelay: retries({ limit: 1 }),
    negativeLimit: retries({ limit: -1, delay: 1 }),
    notANumberLimit: retries({ limit: Number.NaN, delay: 1 }),
    infiniteLimit: retries({ limit: Number.POSITIVE_INFINITY, delay: 1 }),
    textLimit: retries({ limit: "1", delay: 1 }),
    negativeDelay: retries({ limit: 1, delay: -1 }),
    wordDelay: retries({ limit: 1, delay: "soon" }),
    unitWithoutSpace: retries({ limit: 1, delay: "1s" }),
    unknownBackoff: retries({ limit: 1, delay: 1, backoff: "quadratic" }),
    zeroTimeout: config({ timeout: 0 }),
    negativeTimeout: config({ timeout: -1 }),
    notANumberTimeout: config({ timeout: Number.NaN }),
    infiniteTimeout: config({ timeout: Number.POSITIVE_INFINITY }),
    wordTimeout: config({ timeout: "soon" }),
    unknownSensitive: config({ sensitive: "input" }),
    sensitiveTrue: config({ sensitive: true }),
  },
  takenConfigs: {
    fractionalLimit: retries({ limit: 1.5, delay: 1 }),
    manyRetries: retries({ limit: 10_000, delay: 1 }),
    numberAsTextDelay: retries({ limit: 1, delay: "500" }),
    zeroDelay: retries({ limit: 1, delay: 0 }),
    unknownUnit: retries({ limit: 1, delay: "5 parsecs" }),
    negativeDuration: retries({ limit: 1, delay: "-1 second" }),
    everyBackoff: retries({ limit: 1, delay: 1, backoff: "linear" }),
    minutes: config({ timeout: "5 minutes" }),
    sensitive: config({ sensitive: "output" }),
    undefinedRetries: retries(undefined),
  },
  rollbackOptions: {
    array: rollback([]),
    null: rollback(null),
    text: rollback("undo"),
    rollbackIsText: rollback({ rollback: "undo" }),
    unknownKeyOfConfig: rollback({ rollback: callback, rollbackConfig: { retry: 1 } }),
    retriesWithoutLimit: rollback({ rollback: callback, rollbackConfig: { retries: { delay: 1 } } }),
    zeroTimeout: rollback({ rollback: callback, rollbackConfig: { timeout: 0 } }),
  },
  order: {
    callbackBeforeRollback: ["\0", { timeout: 0 }, "no callback", null],
    rollbackBeforeName: ["\0", { timeout: 0 }, callback, null],
    nameBeforeConfig: ["\0", { timeout: 0 }, callback],
    configLast: ["x", { timeout: 0 }, callback],
  },
} as const satisfies Readonly<Record<string, Rows>>;

interface Params {
  readonly table: keyof typeof TABLES;
}

export class TriesTable extends WorkflowEntrypoint<Env, Params> {
  override async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const rows: Rows = TABLES[event.payload.table];
    const outcomes: Record<string, string> = {};
    for (const [kind, args] of Object.entries(rows)) {
      outcomes[kind] = await outcomeOf(() => loosely(step).do(...args));
    }
    return outcomes;
  }
}

export class RefusedIsNotCounted extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    const refused = await outcomeOf(() => loosely(step).do("x", { timeout: 0 }, callback));
    const count = await step.do("x", async (ctx) => {
      await this.env.RECORDER.attempt(ctx);
      return ctx.step.count;
    });
    return { refused: refused.split(":")[0], count };
  }
}

export class NotCaught extends WorkflowEntrypoint {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await loosely(step).do("x", { timeout: 0 }, callback);
  }
}

export class ReachesLimit extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await step.sleep("not counted", 1);
    await step.waitForEvent("not counted", { type: "go" });
    await step.sleep("not counted", 2);
    const outcomes: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      outcomes.push(await outcomeOf(() => step.do("counted", (ctx) => this.env.RECORDER.attempt(ctx))));
    }
    return outcomes;
  }
}

export class StepInRollback extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent<unknown>, step: WorkflowStep) {
    await loosely(step).do("undoable", callback, {
      rollback: async () => {
        const outcome = await outcomeOf(() => step.do("inside", callback));
        await this.env.RECORDER.record(`step in rollback: ${outcome}`);
      },
      rollbackConfig: { retries: { limit: 0, delay: 1 } },
    });
    throw new Error("undo everything");
  }
}
