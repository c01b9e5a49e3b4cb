import type { Task } from "../../gen/perdure/v1/task_pb.ts";
import { reasonOf } from "../transport-errors.ts";
import { HeldLease } from "./held-lease.ts";
import type { HeldRoll, PlainLease } from "./held-roll.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { Log } from "./log.ts";
import type { Reporter } from "./reporter.ts";
import type { RunCache } from "./run-cache.ts";
import type { JournalSource } from "./task-journal.ts";
import { EngineStreams } from "./streams.ts";
import { identityOf, prepareRun } from "./task-run.ts";
import { msOf } from "./wire-time.ts";
import type { WorkflowDefinition } from "./workflow-definition.ts";

export interface HoldingParts {
  readonly task: Task;
  /** In the roll. */
  readonly place: number;
  readonly definition: WorkflowDefinition;
  readonly cache: RunCache;
  readonly source: JournalSource;
  readonly reporter: Reporter;
  readonly roll: HeldRoll;
  readonly log: Log;
  /** The instance's holding before this one, when the answer to its park may still be under way: its run is to be woken. */
  readonly parking: Holding | null;
}

/** A task in a worker's hands: from its arrival, through the fetching of its journal, to the end of its lease. */
export class Holding {
  readonly place: number;
  readonly plainLease: PlainLease;
  readonly identity: InstanceIdentity;
  readonly #parts: HoldingParts;
  readonly #ended = Promise.withResolvers<void>();
  #lease: HeldLease | null = null;
  #stopping = false;
  /** What was said of the task before its run was ready. */
  #early: (lease: HeldLease) => void = () => {};

  constructor(parts: HoldingParts) {
    const { task, place, roll } = parts;
    this.#parts = parts;
    this.place = place;
    this.identity = identityOf(task);
    this.plainLease = plainLeaseOf(task);
    roll.setPosition(place, task.position);
  }

  /** Resolves when the lease has ended and the run is put away. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Moves the instance on until the lease ends. Never rejects. */
  async work(): Promise<void> {
    const { place, roll, source, log } = this.#parts;
    try {
      const held = await this.#begin();
      const end = await held.hold();
      if (end === "released") this.#suspend(held);
    } catch (error) {
      const fields = { ...this.identity, error };
      if (reasonOf(error) === "LEASE_LOST") log.info(fields, "a task had passed on before its journal was read");
      else if (!source.signal.aborted) log.error(fields, "a task could not be worked on");
    }
    roll.free(place);
    this.#ended.resolve();
  }

  notice(leaseLost: boolean): void {
    this.#tell((lease) => lease.notice(leaseLost));
  }

  lose(why: string): void {
    this.#tell((lease) => lease.lose(why));
  }

  /**
   * The instance was handed out anew, so this lease is over: lost, unless it is just being given back. Resolves
   * when the run, if it is suspended, can be taken from the cache.
   */
  async giveWay(): Promise<void> {
    if (this.#lease?.isParking === true) await this.#ended.promise;
    else this.lose("the instance was handed out anew");
  }

  /** Resolves when callbacks in flight have ended and are reported. */
  stop(): Promise<void> {
    this.#stopping = true;
    this.#lease?.stop();
    return this.ended;
  }

  async #begin(): Promise<HeldLease> {
    const { task, place, definition, cache, source, reporter, roll, log, parking } = this.#parts;
    await parking?.ended;
    const run = await prepareRun(task, definition, cache, source);
    run.streams = new EngineStreams(source.client, source.session, task.lease!);
    const lease = new HeldLease({
      lease: task.lease!,
      run,
      position: task.position,
      pausing: task.pausing,
      lostAttempts: task.lostAttempts,
      nextDueInMs: msOf(task.nextDueIn),
      reporter,
      log,
      onPosition: (position) => roll.setPosition(place, position),
    });
    this.#lease = lease;
    if (this.#stopping) lease.stop();
    this.#early(lease);
    return lease;
  }

  /** A suspended run that goes on by itself can report only when the instance is woken. */
  #suspend({ run, position }: HeldLease): void {
    const { cache, log } = this.#parts;
    run.onChange = () => log.warn(this.identity, "run went on outside of steps while its instance was parked");
    cache.put(run, position);
  }

  #tell(say: (lease: HeldLease) => void): void {
    if (this.#lease !== null) return say(this.#lease);
    const before = this.#early;
    this.#early = (lease) => {
      before(lease);
      say(lease);
    };
  }
}

function plainLeaseOf({ lease }: Task): PlainLease {
  const { namespace, workflow = "", instanceId = "" } = lease?.instance ?? {};
  const instance = { workflow, instanceId, ...(namespace !== undefined && { namespace }) };
  return { instance, token: lease?.token ?? "" };
}
