import type { Client } from "@connectrpc/connect";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { setTimeout as delay } from "node:timers/promises";
import type { Notice } from "../../gen/perdure/v1/task_pb.ts";
import type { WorkerService } from "../../gen/perdure/v1/worker_service_pb.ts";
import { reasonOf } from "../transport-errors.ts";
import { backoffMs } from "../transport-retry.ts";
import type { PlainNotice } from "./heartbeat-messages.ts";
import type { HeldRoll } from "./held-roll.ts";

/** Heartbeats in the life of a lease: two may be lost. */
const BEATS_PER_LEASE = 3;

/** However long leases are: what is said of tasks is to be heard within a minute. */
const INTERVAL_MS_MAX = 60_000;

/** Until the engine has said how long its leases are. */
const FIRST_INTERVAL_MS = 1_000;

/** A call that takes longer is made anew; leases are no shorter in practice. */
const CALL_TIMEOUT_MS = 5_000;

export interface HeartbeatParts {
  readonly client: Pick<Client<typeof WorkerService>, "heartbeat">;
  readonly session: string;
  readonly roll: HeldRoll;
  readonly onNotices: (notices: readonly PlainNotice[]) => void;
  /** The session has ended; called once, and no heartbeat follows. */
  readonly onSessionLost: () => void;
  readonly onFailure: (error: unknown, failures: number) => void;
}

export function plainNotice({ lease, leaseLost }: Notice): PlainNotice {
  return { token: lease?.token ?? "", leaseLost };
}

/** Tells the engine that the worker lives and what it holds, until the signal fires or the session is lost. */
export async function beat(parts: HeartbeatParts, signal: AbortSignal): Promise<void> {
  const { client, session, roll } = parts;
  let intervalMs = FIRST_INTERVAL_MS;
  for (let failures = 0; !signal.aborted;) {
    try {
      const request = { session, held: roll.held() };
      const { notices, lease } = await client.heartbeat(request, { signal, timeoutMs: CALL_TIMEOUT_MS });
      if (lease !== undefined) intervalMs = Math.min(durationMs(lease) / BEATS_PER_LEASE, INTERVAL_MS_MAX);
      failures = 0;
      if (notices.length > 0) parts.onNotices(notices.map(plainNotice));
    } catch (error) {
      if (signal.aborted) return;
      if (reasonOf(error) === "SESSION_LOST") return parts.onSessionLost();
      failures += 1;
      parts.onFailure(error, failures);
    }
    const pauseMs = failures === 0 ? intervalMs : Math.min(backoffMs(failures), intervalMs);
    await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
}
