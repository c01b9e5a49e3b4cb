import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isRefusal } from "../../../services/engine/src/domain/errors.ts";
import type { JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import type { Store } from "../../../services/engine/src/store/store.ts";
import { aCommit, aHead, aName, ALL, aResult, json } from "./nouns.ts";

/** What a store has said is written: the newest acknowledged position of each journal. */
export type Acknowledged = Map<string, number>;

/** The record that writers put at a position: readers can tell whether it is whole. */
export function writtenAt(uid: string, position: number): JournalRecord {
  return aResult(position, json({ uid, position, padding: "x".repeat(position % 500) }));
}

/**
 * Appends to one journal as the only writer, until told to stop. After an unknown outcome it reads where the journal ends, as
 * an engine does.
 *
 * @throws when the store says "conflict" to the only writer there is, or anything but STORE_UNAVAILABLE.
 */
export async function writeAlone(
  store: Store,
  acknowledge: (uid: string, position: number) => void,
  stopped: () => boolean,
): Promise<void> {
  const uid = randomUUID();
  const head = aHead(aName(uid), { uid });
  for (let position = 1; !stopped();) {
    try {
      const outcome = await store.append(aCommit(head, writtenAt(uid, position)));
      if (outcome === "conflict")
        throw new Error(`position ${position} of ${uid} is taken, and nobody else writes there`);
      acknowledge(uid, position);
      position += 1;
    } catch (error) {
      if (!isRefusal(error, "STORE_UNAVAILABLE")) throw error;
      const end = await endOf(store, uid, stopped);
      if (end === undefined) return;
      position = end + 1;
    }
  }
}

async function endOf(store: Store, uid: string, stopped: () => boolean): Promise<number | undefined> {
  while (!stopped()) {
    try {
      return (await store.journal({ uid, run: 1 }, 0, ALL)).records.length;
    } catch (error) {
      if (!isRefusal(error, "STORE_UNAVAILABLE")) throw error;
      // A store that refuses at once must not keep this process from everything else.
      await nextTurn();
    }
  }
  return undefined;
}

/** What a store lacks of what was acknowledged, or has torn; empty when all is well. */
export async function missingIn(store: Store, acknowledged: Acknowledged): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [uid, position] of acknowledged) {
    const { records } = await store.journal({ uid, run: 1 }, 0, ALL);
    if (records.length < position) wrong.push(`${uid} ends at ${records.length}, acknowledged was ${position}`);
    records.forEach((record, index) => {
      if (JSON.stringify(record) !== JSON.stringify(writtenAt(uid, index + 1)))
        wrong.push(`${uid} has a wrong record at ${index + 1}`);
    });
  }
  return wrong;
}
