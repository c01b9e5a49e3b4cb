import { deserialize, serialize } from "bson";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry, JournalRecord } from "../../services/engine/src/domain/entry.ts";
import { EngineError } from "../../services/engine/src/domain/errors.ts";
import {
  readBirth,
  readIndex,
  readRecord,
  writeBirth,
  writeIndex,
  writeRecord,
  type PlainDocument,
} from "../../services/engine/src/store/document.ts";
import { anyBirth, anyEntryOf, anyIndex, anyRecordAt, ENTRY_KINDS } from "./support/arbitraries.ts";

const JOURNAL = { uid: "1f0c", run: 2 };

const overDisk = (document: PlainDocument): PlainDocument => deserialize(serialize(document));
const record = (entries: readonly Entry[]): JournalRecord => ({ position: 7, committedAt: 5, report: null, entries });

describe("a document", () => {
  it.each(ENTRY_KINDS)("brings an entry %s back as it was", (kind) => {
    fc.assert(
      fc.property(anyEntryOf(kind), (entry) => {
        expect(readRecord(JOURNAL, 7, overDisk(writeRecord(record([entry]))))).toStrictEqual(record([entry]));
      }),
    );
  });

  it("brings records, births and indexes back as they were", () => {
    fc.assert(
      fc.property(anyRecordAt(3), anyBirth, anyIndex, (written, birth, index) => {
        expect(readRecord(JOURNAL, 3, overDisk(writeRecord(written)))).toStrictEqual(written);
        expect(readBirth("n", overDisk(writeBirth(birth)))).toStrictEqual(birth);
        expect(readIndex("n", overDisk(writeIndex(index)))).toStrictEqual(index);
      }),
    );
  });

  it("is plain to read for an operator", () => {
    const key = { kind: "do", name: "resize", count: 1 } as const;
    const output = { form: "json", text: '{"width":640}' } as const;
    const entries: readonly Entry[] = [
      { kind: "stepCompleted", key, attempt: 2, output, sensitive: false },
      { kind: "sleepStarted", key: { ...key, kind: "sleep" }, dueAt: 60_000 },
    ];

    expect(overDisk(writeRecord(record(entries)))).toEqual({
      committedAt: new Date(5),
      entries: [
        { kind: "stepCompleted", key, attempt: 2, output },
        { kind: "sleepStarted", key: { ...key, kind: "sleep" }, dueAt: new Date("1970-01-01T00:01:00Z") },
      ],
    });
  });

  it("keeps a timer that falls between two milliseconds from firing early", () => {
    const key = { kind: "sleep", name: "", count: 1 } as const;
    const written = overDisk(writeRecord(record([{ kind: "sleepStarted", key, dueAt: 10.25 }])));

    expect(readRecord(JOURNAL, 7, written).entries).toEqual([{ kind: "sleepStarted", key, dueAt: 11 }]);
  });

  it("refuses to be written with an instant that is none", () => {
    expect(() => writeRecord({ ...record([]), committedAt: Number.NaN })).toThrow("NaN is not an instant");
    expect(() => writeRecord({ ...record([]), committedAt: 8.64e15 + 1 })).toThrow("is not an instant");
  });
});

describe("a document that this version does not write", () => {
  const entries = [
    { kind: "stepCompleted", key: { kind: "do", name: "a", count: 1 }, attempt: 1, output: { form: "cbor" } },
  ];

  it.each([
    ["not a document", "soup", 'field "" is a string, not an object'],
    ["a field that is missing", { entries: [] }, 'field "committedAt" is missing, not a date'],
    ["a date that is a number", { committedAt: 5, entries: [] }, 'field "committedAt" is a number, not a date'],
    [
      "an entry of no known kind",
      { committedAt: new Date(5), entries: [{ kind: "flown" }] },
      'field "entries[0].kind" is a string, not one of leaseGranted',
    ],
    [
      "a field deep inside",
      { committedAt: new Date(5), entries },
      'field "entries[0].output.bytes" is missing, not bytes',
    ],
    [
      "a count with a fraction",
      { committedAt: new Date(5), report: { epoch: 1.5, sequence: 1 }, entries: [] },
      'field "report.epoch" is a number, not an integer',
    ],
  ])("is refused: %s", (_what, document, message) => {
    const read = () => readRecord(JOURNAL, 7, document);

    expect(read).toThrow(
      expect.objectContaining({ reason: "CORRUPT_DOCUMENT", message: expect.stringContaining(message) }),
    );
    expect(read).toThrow("uid 1f0c, run 2, position 7");
  });

  it("says which instance and which field", () => {
    const index = { ...writeIndex(fc.sample(anyIndex, 1)[0]!), status: "asleep" };

    expect(() => readIndex("default/orders/42", index)).toThrow(
      expect.objectContaining({
        reason: "CORRUPT_DOCUMENT",
        metadata: { instance: "default/orders/42", field: "status" },
      }),
    );
  });

  it("never throws anything else, whatever field holds whatever", () => {
    fc.assert(
      fc.property(anyRecordAt(1), fc.nat(), fc.anything(), (written, at, wrong) => {
        const document = writeRecord(written);
        const places = [document, ...(document["entries"] as PlainDocument[])];
        const place = places[at % places.length]!;
        const fields = Object.keys(place);
        place[fields[at % fields.length]!] = wrong;
        expect(["read", "CORRUPT_DOCUMENT"]).toContain(outcomeOf(() => readRecord(JOURNAL, 1, document)));
      }),
    );
  });
});

function outcomeOf(read: () => unknown): unknown {
  try {
    read();
    return "read";
  } catch (error) {
    return error instanceof EngineError ? error.reason : error;
  }
}
