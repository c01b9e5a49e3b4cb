import { setTimeout as delay } from "node:timers/promises";
import type { JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import type { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import { isTransient } from "perdure/transport-errors";
import { backoffMs } from "perdure/transport-retry";
import type { Engine } from "../engine.ts";
import type { Ref } from "./instance.ts";
import { ATTEMPTS } from "./wait.ts";

/** A record of an instance, and what the instance was doing after it. */
export interface Followed {
  readonly run: number;
  readonly record: JournalRecord;
  readonly status: InstanceStatus;
}

/**
 * Every record of an instance from its current run's first on, as they come, through restarts of the instance and of
 * the engine; ends with the instance.
 *
 * @throws {ConnectError} when the first call fails, or the engine stays away.
 */
export async function* follow(engine: Engine, ref: Ref, signal?: AbortSignal): AsyncGenerator<Followed> {
  const bound = signal === undefined ? {} : { signal };
  let seen: { afterPosition: number; run?: number } = { afterPosition: 0 };
  for (let failures = 0; ;) {
    try {
      let restarted = false;
      for await (const { run, record, status } of engine.calls.watchInstance({ ref, ...seen }, bound)) {
        if (record === undefined) continue;
        failures = 0;
        seen = { afterPosition: record.position, run };
        restarted = record.entries.at(-1)?.entry.case === "instanceRestarted";
        yield { run, record, status };
      }
      if (!restarted) return;
    } catch (error) {
      failures += 1;
      if (!isTransient(error, signal) || failures >= ATTEMPTS) throw error;
      await delay(backoffMs(failures), undefined, bound);
    }
  }
}
