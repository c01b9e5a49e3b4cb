import type { Instance } from "perdure/proto/perdure/v1/instance_pb";
import { retrying } from "perdure/transport-retry";
import type { Engine } from "../engine.ts";
import { statusWord } from "../show/text.ts";
import { given, type Ref } from "./instance.ts";

/** A poll is held 20 s by the engine; what takes longer than this has lost its way. */
const POLL_MS_MAX = 40_000;

/** An engine that comes back within half a minute or so is waited for. */
export const ATTEMPTS = 12;

/** Waits until an instance is finished, through restarts of the engine. */
export async function waitForEnd(engine: Engine, ref: Ref): Promise<Instance> {
  for (;;) {
    const poll = () => engine.calls.waitInstance({ ref }, { timeoutMs: POLL_MS_MAX });
    const instance = given((await retrying(poll, { attempts: ATTEMPTS })).instance);
    if (isFinished(instance)) return instance;
  }
}

export function isFinished({ status }: Instance): boolean {
  switch (statusWord(status)) {
    case "complete":
    case "errored":
    case "terminated":
      return true;
    case "queued":
    case "running":
    case "waiting":
    case "waitingForPause":
    case "paused":
      return false;
  }
}
