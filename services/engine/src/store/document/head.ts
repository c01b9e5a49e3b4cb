import type { HeadIndex } from "../../domain/head.ts";
import type { Status } from "../../domain/lifecycle.ts";
import type { InstanceName } from "../../domain/name.ts";
import type { Birth, Lease, Retention, ScheduledTime } from "../../domain/state.ts";
import { nullable, object } from "./codec.ts";
import { payload } from "./payload.ts";
import { instant, integer, milliseconds, oneOf, text } from "./values.ts";

export const status = oneOf<Status>({
  queued: true,
  running: true,
  waiting: true,
  waitingForPause: true,
  paused: true,
  complete: true,
  errored: true,
  terminated: true,
});

export const name = object<InstanceName>({ namespace: text, workflow: text, id: text });

/** Beside the name, which is flat in the same document. */
export const birthBody = object<Omit<Birth, "name">>({
  uid: text,
  createdAt: instant,
  params: payload,
  retention: object<Retention>({ successMs: milliseconds, failureMs: milliseconds }),
  requestId: nullable(text),
  handedTo: nullable(text),
  schedule: nullable(object<ScheduledTime>({ cron: text, dueAt: instant })),
});

export const indexBody = object<HeadIndex>({
  run: integer,
  runStartedAt: instant,
  position: integer,
  status,
  readyAt: nullable(instant),
  lease: nullable(object<Lease>({ session: text, epoch: integer, grantedAt: instant })),
  endedAt: nullable(instant),
  purgeAt: nullable(instant),
});
