import type { JournalRecord } from "../domain/entry.ts";
import type { EngineError } from "../domain/errors.ts";
import type { Failure } from "../domain/failure.ts";
import type { HeadIndex } from "../domain/head.ts";
import type { Command, Status } from "../domain/lifecycle.ts";
import type { InstanceName, WorkflowName } from "../domain/name.ts";
import type { Payload } from "../domain/payload.ts";
import type { Retention, Rollback, ScheduledTime } from "../domain/state.ts";
import type { StepKey } from "../domain/step.ts";
import type { EpochMs } from "../domain/time.ts";
import type { ListQuery } from "../store/store.ts";

/** What callers can do. Everything answers with a result or throws an EngineError. */
export interface CallerApi {
  create(workflow: WorkflowName, instance: NewInstance, requestId: string | null): Promise<InstanceView>;
  createMany(
    workflow: WorkflowName,
    instances: readonly NewInstance[],
    requestId: string | null,
  ): Promise<readonly (InstanceView | EngineError)[]>;
  get(name: InstanceName): Promise<InstanceView>;
  list(query: ListQuery): Promise<readonly InstanceView[]>;
  command(name: InstanceName, command: Command): Promise<InstanceView>;
  /** Starts the next run with what came before a step. */
  restartFrom(name: InstanceName, step: StepKey): Promise<InstanceView>;
  /** Resolves when the name is free. */
  delete(name: InstanceName): Promise<void>;
  /** One outcome a name, in their order; null for one that is gone. */
  deleteMany(names: readonly InstanceName[]): Promise<readonly (EngineError | null)[]>;
  /** Returns when the event was accepted. */
  sendEvent(name: InstanceName, event: NewEvent): Promise<EpochMs>;
  /** Resolves at the instance's end, after `holdMs`, when the caller is gone, or at shutdown. */
  waitForEnd(name: InstanceName, holdMs: number, signal: AbortSignal): Promise<InstanceView>;
  /** @param run Default: the current one. */
  journal(name: InstanceName, after: number, limit: number, run?: number): Promise<JournalView>;
  /** A chunk of a step's output that is a stream. */
  blob(name: InstanceName, blob: string, chunk: number): Promise<Uint8Array>;
  /** Records of the current run: those there are, then those that come; ends after the record that ends the run. */
  watch(name: InstanceName, after: WatchStart, signal: AbortSignal): AsyncIterable<WatchedRecord>;
}

export interface NewInstance {
  /** Null: the engine makes a UUID. */
  readonly id: string | null;
  readonly params: Payload;
  /** Each null: as the engine is configured. */
  readonly retention: { readonly [K in keyof Retention]: number | null };
}

export interface NewEvent {
  readonly type: string;
  readonly payload: Payload;
  readonly requestId: string | null;
}

/** An instance as callers see it. */
export interface InstanceView {
  readonly name: InstanceName;
  /** Tells an instance from an older one of the same name; part of a list's page token. */
  readonly uid: string;
  readonly createdAt: EpochMs;
  readonly index: HeadIndex;
  /** Null in lists. */
  readonly params: Payload | null;
  /** Of a complete instance; null in lists. */
  readonly output: Payload | null;
  /** Of an errored instance; null in lists. */
  readonly failure: Failure | null;
  /** Null without one, and in lists. */
  readonly rollback: RollbackView | null;
  readonly schedule: ScheduledTime | null;
}

/** How the rollback of a run goes, or went. */
export type RollbackView =
  { readonly outcome: "running" | "complete" } | { readonly outcome: "failed"; readonly failure: Rollback["failure"] };

export interface JournalView {
  readonly records: readonly JournalRecord[];
  readonly run: number;
  readonly position: number;
}

/** Where a watch goes on: after a position of a run, or from the start when another run is current. */
export interface WatchStart {
  readonly position: number;
  /** Null: the current one. */
  readonly run: number | null;
}

export interface WatchedRecord {
  readonly run: number;
  readonly record: JournalRecord;
  readonly status: Status;
}
