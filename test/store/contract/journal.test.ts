import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import type { JournalPage, Store } from "../../../services/engine/src/store/store.ts";
import { anyEntryOf, ENTRY_KINDS } from "../support/arbitraries.ts";
import { aCommit, aHead, aName, ALL, aRecord, aResult, json } from "../support/nouns.ts";
import { HOSTILE_TEXTS, PAYLOADS } from "../support/payloads.ts";
import { openForAll, openFresh, STORES } from "../support/stores.ts";

const HEAD = aHead(aName("a"));
const JOURNAL = { uid: HEAD.birth.uid, run: 1 };

async function appendAll(store: Store, records: readonly JournalRecord[]): Promise<void> {
  for (const record of records) expect(await store.append(aCommit(HEAD, record))).toBe("appended");
}

describe.each(STORES)("a journal in $kind", (kind) => {
  it("brings back every kind of entry as it was appended, in order", async () => {
    const { store, written } = await openFresh(kind);
    const records = ENTRY_KINDS.map((entryKind, index) => aRecord(index + 1, fc.sample(anyEntryOf(entryKind), 20)));
    await appendAll(store, records);

    expect(await store.journal(JOURNAL, 0, ALL)).toStrictEqual({ records, more: false });
    expect(written).toMatchObject({ heads: 0, journal: records.length, removals: 0, sessions: 0 });
  });

  it("brings back every form of payload and any text", async () => {
    const { store } = await openFresh(kind);
    const records = [
      ...PAYLOADS.map((output, index) => aResult(index + 1, output)),
      aRecord(
        PAYLOADS.length + 1,
        HOSTILE_TEXTS.map((name) => ({ kind: "sleepCompleted", key: { kind: "sleep", name, count: 1 } })),
      ),
      { ...aRecord(PAYLOADS.length + 2, []), report: null },
    ];
    await appendAll(store, records);

    expect(await store.journal(JOURNAL, 0, ALL)).toStrictEqual({ records, more: false });
  });

  it("takes a position once: the second writer is told, and the first record stays", async () => {
    const { store, written } = await openFresh(kind);
    await appendAll(store, [aResult(1, json("first"))]);

    expect(await store.append(aCommit(HEAD, aResult(1, json("second"))))).toBe("conflict");
    // Not even the same record twice: whoever wrote it may have been another.
    expect(await store.append(aCommit(HEAD, aResult(1, json("first"))))).toBe("conflict");
    expect((await store.journal(JOURNAL, 0, ALL)).records).toEqual([aResult(1, json("first"))]);
    expect(written.journal).toBe(1);
  });

  it("lets exactly one of many concurrent writers have each position", async () => {
    const { store } = await openFresh(kind);
    const winners: string[] = [];
    const write = async (writer: number) => {
      for (let position = 1; position <= 10; position++) {
        const record = aResult(position, json({ writer, position }));
        if ((await store.append(aCommit(HEAD, record))) === "appended") winners.push(JSON.stringify(record.entries));
      }
    };

    await Promise.all(Array.from({ length: 25 }, (_, writer) => write(writer)));

    const { records } = await store.journal(JOURNAL, 0, ALL);
    expect(records.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(winners.toSorted()).toEqual(records.map(({ entries }) => JSON.stringify(entries)).toSorted());
  });

  it("gives each of many appends that go together its own outcome", async () => {
    const { store } = await openFresh(kind);
    const heads = Array.from({ length: 1_000 }, (_, n) => aHead(aName(`i-${n}`)));
    const commits = heads.map((head, n) => aCommit(head, aResult(1, json(n))));
    const taken = commits.filter((_, n) => n % 3 === 0);
    await Promise.all(taken.map((commit) => store.append({ ...commit, record: aRecord(1) })));

    const outcomes = await Promise.all(commits.map((commit) => store.append(commit)));

    expect(outcomes).toEqual(commits.map((_, n) => (n % 3 === 0 ? "conflict" : "appended")));
    const stored = await Promise.all(commits.map(({ journal }) => store.journal(journal, 0, ALL)));
    expect(stored.map(({ records }) => records)).toEqual(
      commits.map(({ record }, n) => [n % 3 === 0 ? aRecord(1) : record]),
    );
  });

  it("takes many appends that are more than one message holds", async () => {
    const { store } = await openFresh(kind);
    const large = json("x".repeat(1_000_000));
    const commits = Array.from({ length: 60 }, (_, n) => aCommit(aHead(aName(`i-${n}`)), aResult(1, large)));

    expect(await Promise.all(commits.map((commit) => store.append(commit)))).toEqual(commits.map(() => "appended"));
    const last = commits.at(-1)!;
    expect((await store.journal(last.journal, 0, ALL)).records).toEqual([last.record]);
  });

  it("takes the largest commit there is", async () => {
    const { store } = await openFresh(kind);
    const payload = json("x".repeat(1_048_574));
    const record = aRecord(
      1,
      Array.from({ length: 12 }, (_, n) => aResult(n + 1, payload).entries[0]!),
    );
    await appendAll(store, [record]);

    expect((await store.journal(JOURNAL, 0, ALL)).records).toEqual([record]);
  });

  it("has the records of its run and its instance only", async () => {
    const { store } = await openFresh(kind);
    const second = { ...JOURNAL, run: 2 };
    const other = aHead(aName("b"));
    await appendAll(store, [aResult(1, json("run 1"))]);
    await store.append(aCommit(HEAD, aResult(1, json("run 2")), { journal: second }));
    await store.append(aCommit(other, aResult(1, json("other"))));

    expect((await store.journal(JOURNAL, 0, ALL)).records).toEqual([aResult(1, json("run 1"))]);
    expect((await store.journal(second, 0, ALL)).records).toEqual([aResult(1, json("run 2"))]);
    expect(await store.journal({ ...JOURNAL, run: 3 }, 0, ALL)).toEqual({ records: [], more: false });
    expect(await store.journal({ uid: "unknown", run: 1 }, 0, ALL)).toEqual({ records: [], more: false });
  });

  it("is not changed by what callers do with theirs", async () => {
    const { store } = await openFresh(kind);
    const bytes = new Uint8Array([1, 2, 3]);
    const record = aResult(1, { form: "cbor", bytes });
    await appendAll(store, [record]);
    const { records } = await store.journal(JOURNAL, 0, ALL);
    bytes.fill(9);
    Object.assign(records[0]!, { entries: [] });

    expect((await store.journal(JOURNAL, 0, ALL)).records).toEqual([
      aResult(1, { form: "cbor", bytes: new Uint8Array([1, 2, 3]) }),
    ]);
  });
});

describe.each(STORES)("a page of a journal in $kind", (kind) => {
  const records = Array.from({ length: 10 }, (_, index) => aResult(index + 1, json("x".repeat(10_000))));
  const store = openForAll(kind, (opened) => appendAll(opened, records));

  it.each<[string, number, JournalPage, readonly number[], boolean]>([
    ["all", 0, ALL, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], false],
    ["a count", 0, { ...ALL, records: 3 }, [1, 2, 3], true],
    ["a count, after a position", 3, { ...ALL, records: 3 }, [4, 5, 6], true],
    ["the last ones", 7, { ...ALL, records: 3 }, [8, 9, 10], false],
    ["bytes: it ends after the record that reaches them", 0, { ...ALL, bytes: 15_000 }, [1, 2], true],
    ["bytes up to the last record", 8, { ...ALL, bytes: 15_000 }, [9, 10], false],
    ["fewer bytes than one record has", 4, { ...ALL, bytes: 1 }, [5], true],
    ["nothing: one at least", 9, { records: 0, bytes: 0 }, [10], false],
    ["nothing is left", 10, ALL, [], false],
    ["beyond the end", 99, ALL, [], false],
  ])("fits %s", async (_what, after, page, positions, more) => {
    const slice = await store().journal(JOURNAL, after, page);

    expect(slice.records.map(({ position }) => position)).toEqual(positions);
    expect(slice.more).toBe(more);
  });

  it("leads to the next one until all is read, in a long journal", async () => {
    const journal = { uid: "long", run: 1 };
    const long = Array.from({ length: 2_500 }, (_, index) => aRecord(index + 1));
    // In order, as their writer would; many at once only to be quick.
    await Promise.all(long.map((record) => store().append(aCommit(HEAD, record, { journal }))));
    const read: JournalRecord[] = [];
    for (let more = true; more;) {
      const slice = await store().journal(journal, read.length, { records: 1_000, bytes: Infinity });
      read.push(...slice.records);
      more = slice.more;
    }

    expect(read).toEqual(long);
  });
});
