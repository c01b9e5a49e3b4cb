import { setTimeout as delay } from "node:timers/promises";
import type { Instance } from "../../../gen/perdure/v1/instance_pb.ts";
import type { JournalRecord } from "../../../gen/perdure/v1/journal_pb.ts";
import { isTransient } from "../../transport-errors.ts";
import { backoffMs, retrying } from "../../transport-retry.ts";
import { epochMsOf } from "../../worker/wire-time.ts";
import type { Calls, InstanceKey } from "../calls.ts";
import { notFound } from "../refusals.ts";

/** A run of an instance, or what its journal says next. */
export type Told =
  { readonly kind: "run"; readonly instance: Instance } | { readonly kind: "record"; readonly record: JournalRecord };

/**
 * The records of an instance's run from the first on, and of each run that a restart starts while it is followed.
 * Never ends by itself. Waits for an engine that is away, and goes on where it was.
 *
 * @param first The instance as it was found. The run may be another by now.
 */
export async function* followRuns(
  calls: Calls,
  ref: InstanceKey,
  first: Instance,
  signal: AbortSignal,
): AsyncGenerator<Told, never> {
  const find = async (): Promise<Instance> => {
    const { instance } = await retrying(() => calls.once((bound) => calls.rpc.getInstance({ ref }, bound), signal), {
      signal,
    });
    if (instance === undefined) throw new Error("the engine answered without the instance");
    return instance;
  };
  let known = first;
  yield { kind: "run", instance: known };
  for (let position = 0, failures = 0; ;) {
    let news = false;
    // A stream goes on when nobody reads it any more, unless it is cut.
    const line = new AbortController();
    try {
      const bound = { signal: AbortSignal.any([signal, line.signal]) };
      for await (const { record } of calls.rpc.watchInstance({ ref, afterPosition: position }, bound)) {
        if (record === undefined) continue;
        // The stream does not say which run it is of. When it is the same before and after, it is that one.
        if (!news && !isSameRun(known, await find())) break;
        news = true;
        position = record.position;
        yield { kind: "record", record };
      }
    } catch (error) {
      if (!isTransient(error, signal)) throw error;
    } finally {
      line.abort();
    }
    failures = news ? 0 : failures + 1;
    if (failures > 0) await delay(backoffMs(failures), undefined, { signal });
    const now = await find();
    if (isSameRun(known, now)) continue;
    // The next instance of the id is another one.
    if (epochMsOf(now.createTime) !== epochMsOf(known.createTime)) throw notFound();
    known = now;
    position = 0;
    yield { kind: "run", instance: known };
  }
}

/** An id that was freed and used anew is another instance. */
function isSameRun(a: Instance, b: Instance): boolean {
  return a.run === b.run && epochMsOf(a.createTime) === epochMsOf(b.createTime);
}
