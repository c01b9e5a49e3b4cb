import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { checkReplay, exportJournal, type ReplayOptions } from "perdure/replay";
import { type Script, workflow, World } from "../worker/support/world.ts";

/** The exported journal of an instance that ran this code to its end. */
async function journalOf(script: Script, ...events: readonly string[]): Promise<unknown> {
  const world = new World();
  await world.create("i", { n: 1 });
  for (const type of events) await world.engine.sendEvent("i", type, type);
  await world.serve(script);
  await world.end();
  return exported(world);
}

/** The exported journal of an instance that has parked. */
async function openJournalOf(script: Script): Promise<unknown> {
  const world = new World();
  await world.serve(script);
  await world.create();
  await world.until("parked");
  return exported(world);
}

async function exported(world: World): Promise<unknown> {
  const instance = await world.engine.get("i");
  const records = await world.engine.journal("i");
  const document = exportJournal({ instance, run: instance.run, params: instance.params, records });
  return JSON.parse(JSON.stringify(document));
}

/** A replay that does not wait for what the code awaits outside of steps. */
const check = (script: Script, journal: unknown, options: ReplayOptions = {}) =>
  checkReplay(workflow(script), journal, { patienceMs: 0, ...options });

const kinds = async (script: Script, journal: unknown, options?: ReplayOptions) =>
  (await check(script, journal, options)).differences.map(({ kind, step }) => [kind, step?.name ?? null]);

const abc: Script = async (_event, step) => {
  const a = await step.do("a", async () => 1);
  const b = await step.do("b", async () => a + 1);
  return step.do("c", async () => b + 1);
};

describe("code that is as it was", () => {
  it("has no differences, and none of its callbacks is called", async () => {
    const journal = await journalOf(abc);
    let called = 0;
    const same: Script = async (_event, step) => {
      for (const name of ["a", "b"]) await step.do(name, async () => (called += 1));
      return step.do("c", async () => (called += 1));
    };

    expect(await check(same, journal)).toEqual({
      workflow: "w",
      instanceId: "i",
      run: 1,
      differences: [],
      end: "complete",
      next: [],
      notes: [],
    });
    expect(called).toBe(0);
  });

  it("has none with failed attempts, races, events, sleeps and cancelled waits either", async () => {
    const script: Script = async (event, step) => {
      const done = new AbortController();
      const flaky = step.do("flaky", { retries: { limit: 1, delay: 1 } }, async ({ attempt }) => {
        if (attempt === 1) throw new Error("once");
        return event.payload as unknown;
      });
      const lost = step.waitForEvent("lost", { type: "never", signal: done.signal });
      const winner = await Promise.race([flaky, lost]);
      done.abort();
      const failed = await step
        .do("failing", { retries: { limit: 0, delay: 1 } }, async () => Promise.reject(new TypeError("no")))
        .catch((error: unknown) => (error as Error).name);
      await step.sleepUntil("long ago", 1_000).catch(() => {});
      await step.sleep("nap", 5);
      return [winner, failed, await step.waitForEvent("go", { type: ["go", "stop"] })];
    };

    expect(await check(script, await journalOf(script, "go"))).toMatchObject({ differences: [], end: "complete" });
  });

  it("that throws has none when it throws the same, and one when its message is another", async () => {
    const throwing =
      (message: string): Script =>
      async (_event, step) => {
        await step.do("a", async () => 1);
        throw new RangeError(message);
      };
    const journal = await journalOf(throwing("too much"));

    expect(await check(throwing("too much"), journal)).toMatchObject({ differences: [], end: "errored" });
    expect((await check(throwing("too little"), journal)).differences).toEqual([
      {
        kind: "outcome",
        step: null,
        message: "run throws RangeError: too little; in the journal it throws RangeError: too much",
      },
    ]);
  });

  it("may await things outside of steps, as long as that is patience", async () => {
    const script: Script = async (_event, step) => {
      await delay(5);
      const a = await step.do("a", async () => 1);
      await delay(5);
      return a;
    };
    const journal = await journalOf(script);

    expect(await check(script, journal, { patienceMs: 60_000 })).toMatchObject({ differences: [] });
    expect(await kinds(async () => new Promise(() => {}), journal, { patienceMs: 20 })).toEqual([
      ["gone", "a"],
      ["unended", null],
    ]);
  });

  it("finds its env, its params and the time of its creation", async () => {
    const script: Script = async function (this: { readonly env: unknown }, event) {
      return [this.env, event.payload, event.timestamp, event.instanceId];
    };
    const journal = await journalOf(script);

    expect(await check(script, journal, { env: {} })).toMatchObject({ differences: [] });
    expect(await kinds(script, journal, { env: { other: true } })).toEqual([["outcome", null]]);
  });
});

describe("a step", () => {
  it("that is gone is named", async () => {
    expect(
      await kinds(
        async (_event, step) => {
          await step.do("a", async () => 1);
          return step.do("c", async () => 3);
        },
        await journalOf(abc),
      ),
    ).toEqual([["gone", "b"]]);
  });

  it("that is added is named, and what comes after it is compared", async () => {
    const added: Script = async (_event, step) => {
      await step.do("a", async () => 1);
      await step.do("new", async () => 0);
      await step.do("b", { timeout: "1 minute" }, async () => 2);
      return step.do("c", async () => 3);
    };

    expect(await kinds(added, await journalOf(abc))).toEqual([
      ["input", "b"],
      ["added", "new"],
    ]);
  });

  it("that is added at the end of a journal that ended is named", async () => {
    const longer: Script = async (...args) => {
      await abc.apply({ env: {} }, args);
      return args[1].do("d", async () => 4);
    };

    expect(await kinds(longer, await journalOf(abc))).toEqual([["added", "d"]]);
  });

  it("that has another name stands in for the one at its place, and the rest is the same", async () => {
    const renamed: Script = async (_event, step) => {
      const a = await step.do("a", async () => 1);
      const b = await step.do("bee", async () => a + 1);
      return step.do("c", async () => b + 1);
    };

    expect((await check(renamed, await journalOf(abc))).differences).toEqual([
      {
        kind: "renamed",
        step: { kind: "do", name: "bee", count: 1 },
        message: 'the code asks for step "bee-1" where the journal has step "b-1"',
      },
    ]);
  });

  it("that has become a sleep is of another kind", async () => {
    const slept: Script = async (_event, step) => {
      await step.do("a", async () => 1);
      await step.sleep("b", 1);
      return step.do("c", async () => 3);
    };

    expect(await kinds(slept, await journalOf(abc))).toEqual([["kind", "b"]]);
  });

  it("that is asked for after another one, no longer beside it, is in another order", async () => {
    const both: Script = async (_event, step) => {
      const slow = Promise.withResolvers<void>();
      const a = step.do("a", async () => slow.promise);
      await step.do("b", async () => {});
      slow.resolve();
      await a;
    };
    const oneByOne: Script = async (_event, step) => {
      await step.do("a", async () => {});
      await step.do("b", async () => {});
    };

    expect(await kinds(oneByOne, await journalOf(both))).toEqual([["order", "b"]]);
  });

  it("within a callback may be why one is gone", async () => {
    const nested: Script = async (_event, step) => step.do("outer", async () => step.do("inner", async () => 1));
    const { differences } = await check(nested, await journalOf(nested));

    expect(differences.map(({ message }) => message)).toEqual([
      'step "inner-1" is in the journal, and the code does not ask for it; if a callback did, of step "outer-1" say, that is not seen here',
    ]);
  });
});

describe("the input of a step", () => {
  const asked =
    (limit: number, sleepMs: number, type: string[], timeout: number): Script =>
    async (_event, step) => {
      await step.do("a", { retries: { limit, delay: 1_000 }, timeout: "1 minute" }, async () => 1);
      await step.sleep("nap", sleepMs);
      await step.waitForEvent("go", { type, timeout });
    };

  it("is compared: retries, length of a sleep, types and timeout of a wait", async () => {
    const journal = await journalOf(asked(2, 10, ["go"], 60_000), "go");

    expect((await check(asked(2, 500, ["go"], 60_000), journal)).differences).toEqual([]);
    const { differences } = await check(asked(3, 10_000, ["stop", "go"], 5_000), journal);
    expect(differences.map(({ message }) => message)).toEqual([
      'step "a-1" has the retries.limit 3, in the journal 2',
      'sleep "nap-1" has the duration 10000 ms, in the journal 10 ms',
      'wait "go-1" has the event types go or stop, in the journal go',
      'wait "go-1" has the timeout 5000 ms, in the journal 60000 ms',
    ]);
  });

  it("of a sleep until an instant is that instant, and a time that has passed meanwhile is not in the past", async () => {
    const until =
      (ms: number): Script =>
      async (_event, step) =>
        step.sleepUntil("until", ms);
    const soon = Date.now() + 2_000;
    const world = new World();
    await world.serve(until(soon));
    await world.create();
    await world.until("parked");
    world.engine.clock.pass(5_000);
    await world.end();
    const journal = await exported(world);

    expect(await kinds(until(soon), journal)).toEqual([]);
    expect(await kinds(until(soon + 60_000), journal)).toEqual([["input", "until"]]);
  });
});

describe("a wait that only one of them cancels", () => {
  const racing =
    (cancels: boolean): Script =>
    async (_event, step) => {
      const done = new AbortController();
      const wait = step.waitForEvent("go", { type: "go", signal: done.signal });
      await step.do("a", async () => 1);
      if (cancels) done.abort();
      await wait.catch(() => {});
    };

  it("is named", async () => {
    expect(await kinds(racing(false), await journalOf(racing(true)))).toEqual([["cancelled", "go"]]);
    const world = new World();
    await world.serve(racing(false));
    await world.create();
    await world.until("parked");
    await world.engine.sendEvent("i", "go", null);
    await world.end();
    expect(await kinds(racing(true), await exported(world))).toEqual([["returned", null]]);
  });
});

describe("a journal that has not ended", () => {
  const waiting: Script = async (_event, step) => {
    await step.do("a", async () => 1);
    await step.sleep("nap", "1 day");
    await step.do("b", async () => 2);
  };

  it("ends with what the code waits for, which is no difference", async () => {
    expect(await check(waiting, await openJournalOf(waiting))).toMatchObject({
      differences: [],
      end: "open",
      next: ['sleep "nap-1"'],
    });
  });

  it("may go on differently after that", async () => {
    const journal = await openJournalOf(waiting);
    const other: Script = async (_event, step) => {
      await step.do("a", async () => 1);
      await step.sleep("nap", "1 day");
      await step.do("another", async () => 2);
    };

    expect(await kinds(other, journal)).toEqual([]);
  });

  it("is not to have the code ask for something else, return or throw where it waits", async () => {
    const journal = await openJournalOf(waiting);
    const after =
      (rest: (step: Parameters<Script>[1]) => unknown): Script =>
      async (_event, step) => {
        await step.do("a", async () => 1);
        await rest(step);
      };
    const sleeps = (name: string) => after((step) => step.sleep(name, "1 day"));

    expect(await kinds(sleeps("rest"), journal)).toEqual([["renamed", "rest"]]);
    expect(
      await kinds(
        after((step) => Promise.all([step.sleep("nap", "1 day"), step.do("x", () => 1)])),
        journal,
      ),
    ).toEqual([["added", "x"]]);
    expect(
      await kinds(
        after(() => null),
        journal,
      ),
    ).toEqual([
      ["gone", "nap"],
      ["returned", null],
    ]);
    expect(
      await kinds(
        after(() => Promise.reject(new Error("x"))),
        journal,
      ),
    ).toEqual([
      ["gone", "nap"],
      ["threw", null],
    ]);
  });
});

describe("code that ends before the journal", () => {
  it("returns or throws where it went on", async () => {
    const journal = await journalOf(abc);
    const upTo =
      (rest: () => unknown): Script =>
      async (_event, step) => {
        await step.do("a", async () => 1);
        return rest();
      };

    expect(
      (
        await check(
          upTo(() => 1),
          journal,
        )
      ).differences,
    ).toMatchObject([{ kind: "returned", message: 'run returns where the journal goes on with step "b-1"' }]);
    expect(
      (
        await check(
          upTo(() => JSON.parse("{")),
          journal,
        )
      ).differences,
    ).toMatchObject([{ kind: "threw", message: expect.stringContaining('where the journal goes on with step "b-1"') }]);
  });
});

describe("what an exported journal does not have", () => {
  it("is replaced: sensitive outputs by a text, which is noted, and another end is then no difference", async () => {
    const script: Script = async (_event, step) => {
      const { card } = await step.do("card", { sensitive: "output" }, async () => ({ card: "4111" }));
      return `ends with ${JSON.stringify(card)}`;
    };
    const report = await check(script, await journalOf(script));

    expect(report.differences).toEqual([]);
    expect(report.notes).toEqual([
      'the output of step "card-1" is sensitive: the code was given "[REDACTED]" in its place',
      expect.stringContaining("because of the redacted outputs"),
    ]);
  });

  it("is replaced: streams by zeros of the same length", async () => {
    const script: Script = async (_event, step) => {
      const stream = await step.do("page", async () => new Blob(["x".repeat(100_000)]).stream());
      let bytes = 0;
      for await (const chunk of stream) bytes += (chunk as Uint8Array).byteLength;
      return bytes;
    };

    expect(await check(script, await journalOf(script), { patienceMs: 60_000 })).toMatchObject({ differences: [] });
  });

  it("is refused when it is no journal", async () => {
    for (const [document, message] of [
      [null, "it is no exported journal"],
      [{ format: "perdure.journal", version: 2 }, "it has version 2; 1 is the newest known here"],
      [{ format: "perdure.journal", version: 1 }, 'it needs "instance", "run" and "records"'],
      [{ format: "perdure.journal", version: 1, run: 1, instance: {}, records: [5] }, "it cannot be read"],
    ] as const) {
      await expect(checkReplay(workflow(abc), document)).rejects.toThrow(message);
    }
  });
});
