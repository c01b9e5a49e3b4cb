import { describe, expect, it } from "vitest";
import { aCommit, aHead, aName, ALL, anIndex, aRecord, EVERYTHING, leasedBy, NOW } from "../support/nouns.ts";
import { profile } from "../support/profiler.ts";
import { openAgain } from "../support/stores.ts";
import { aDatabase } from "../support/database.ts";

describe("each question to MongoDB", () => {
  it("is answered by an index, without looking at much more than it returns", async () => {
    const { url, database } = await aDatabase();
    const { store } = await openAgain(url);
    const workflows = ["w-0", "w-1", "w-2"];
    const states = [
      {},
      leasedBy("session-1"),
      { status: "complete", readyAt: null, purgeAt: NOW },
      anIndex(0, { readyAt: NOW + 9 }),
    ] as const;
    const heads = Array.from({ length: 1_200 }, (_, n) =>
      aHead(aName(`i-${n}`, workflows[n % 3], `space-${n % 2}`), { createdAt: NOW + (n % 50) }, states[n % 4]),
    );
    await Promise.all(heads.map((head) => store.create(head)));
    const profiler = await profile(url);
    const namespace = "space-0";
    const list = { ...EVERYTHING, namespace, limit: 10 };
    const middle = (await store.list({ ...list, limit: 100 })).at(-1)!.birth;
    await store.ready({ namespace, workflows, until: NOW + 1, limit: 10 });
    await store.leasedTo("session-1", aName("i-5", "w-2", "space-1"), 10);
    await store.purgeable(NOW, 10);
    await store.list(list);
    await store.list({ ...list, workflow: "w-1" });
    await store.list({ ...list, statuses: ["complete", "queued"] });
    await store.list({ ...list, after: middle });
    await store.list({ ...list, statuses: ["complete", "queued"], after: middle });
    await store.leaseHolders();

    const looks = (await profiler.commands("heads")).slice(1);
    expect(
      looks.map(({ planSummary }) => planSummary as string).filter((plan) => !/^(IXSCAN|DISTINCT_SCAN)/.test(plan)),
    ).toEqual([]);
    const finds = looks.filter(({ op }) => op === "query");
    expect(finds.map(({ nreturned }) => nreturned as number)).toEqual(Array.from({ length: 8 }, () => 10));
    // Merging two or three streams looks one ahead in each; a page in the middle of an instant skips what came before.
    expect(finds.map(({ docsExamined }) => docsExamined as number).filter((examined) => examined > 40)).toEqual([]);
    expect(looks.filter((look) => look["hasSortStage"] === true)).toEqual([]);
    expect(await database.collection("heads").indexes()).toHaveLength(8);
  });

  it("about how many instances have which status is answered by the index alone", async () => {
    const { url } = await aDatabase();
    const { store } = await openAgain(url);
    const heads = Array.from({ length: 40 }, (_, n) => aHead(aName(`i-${n}`, `w-${n % 2}`)));
    await Promise.all(heads.map((head) => store.create(head)));
    const profiler = await profile(url);
    await store.countByStatus({ namespace: heads[0]!.birth.name.namespace, workflow: "w-0" });

    const counts = await profiler.commands("heads");
    expect(counts.map(({ docsExamined, keysExamined }) => [docsExamined, keysExamined])).toEqual([[0, 20]]);
  });

  it("about a journal reads its range of keys only", async () => {
    const { url } = await aDatabase();
    const { store } = await openAgain(url);
    const heads = [aHead(aName("a")), aHead(aName("b"))];
    for (const head of heads) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => store.append(aCommit(head, aRecord(n + 1)))));
    }
    const profiler = await profile(url);
    await store.journal({ uid: heads[0]!.birth.uid, run: 1 }, 90, ALL);
    await store.journal({ uid: heads[0]!.birth.uid, run: 1 }, 0, { records: 3, bytes: Infinity });

    const finds = await profiler.commands("journal");
    expect(finds.map(({ keysExamined, nreturned }) => [keysExamined, nreturned])).toEqual([
      [10, 10],
      [4, 4],
    ]);
  });
});
