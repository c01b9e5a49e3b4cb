import type { Status } from "../../../services/engine/src/domain/lifecycle.ts";
import { COMPLETE, FAIL, wait } from "./operations.ts";
import { Story } from "./story.ts";

/** Long enough that it never times out in these stories. */
const WAIT_MS = 3_600_000;

function running(): Story {
  const story = new Story().grant();
  story.report([wait("approval", "go", WAIT_MS)]);
  return story.advance(10);
}

/** An instance in each status, brought there by moves. Those that are not finished have a wait for "go" open. */
export const IN_STATUS = {
  queued: () => {
    const story = running();
    story.lose();
    return story;
  },
  running,
  waiting: () => running().park(),
  waitingForPause: () => running().command("pause"),
  paused: () => running().park().command("pause"),
  complete: () => running().park().advance(5).command("restart").grant().park(COMPLETE),
  errored: () => running().park(FAIL),
  terminated: () => running().command("terminate"),
} as const satisfies Record<Status, () => Story>;
