import type { Collection, UpdateFilter } from "mongodb";
import type { EpochMs } from "../../domain/time.ts";
import { text } from "../document/values.ts";
import { SESSION_KEPT_MS } from "../limits.ts";
import type { Session } from "../store.ts";
import type { OnWritten } from "../written.ts";
import type { SessionDocument } from "./collections.ts";
import { isDuplicateKey } from "./mongo-errors.ts";

const NOT_ENDED = { ended: { $exists: false } } as const;

const END: UpdateFilter<SessionDocument> = { $set: { ended: true } };

/** The sessions of all replicas' workers. */
export class SessionCollection {
  readonly #sessions: Collection<SessionDocument>;
  readonly #onWritten: OnWritten;

  constructor(sessions: Collection<SessionDocument>, onWritten: OnWritten) {
    this.#sessions = sessions;
    this.#onWritten = onWritten;
  }

  async extend(session: Session, now: EpochMs, register: boolean): Promise<"alive" | "lost"> {
    const extended = await this.#prolong(session, now);
    const known = extended ?? (register ? await this.#register(session, now) : null);
    if (known === null) {
      // Others may have other clocks: what was lost once is lost for all of them.
      await this.#end({ _id: session.id });
      return "lost";
    }
    if (register) await this.#endOlder(known);
    return "alive";
  }

  async end(id: string): Promise<void> {
    await this.#end({ _id: id });
  }

  async alive(now: EpochMs): Promise<readonly string[]> {
    const { deletedCount } = await this.#sessions.deleteMany({
      expiresAt: { $lte: new Date(now - SESSION_KEPT_MS) },
    });
    this.#wrote(deletedCount);
    const alive = this.#sessions.find({ ...NOT_ENDED, expiresAt: { $gt: new Date(now) } }, { projection: { _id: 1 } });
    return (await alive.toArray()).map(({ _id }) => _id).toSorted();
  }

  async #prolong({ id, expiresAt }: Session, now: EpochMs): Promise<SessionDocument | null> {
    const alive = { _id: id, ...NOT_ENDED, expiresAt: { $gt: new Date(now) } };
    const before = await this.#sessions.findOneAndUpdate(alive, { $max: { expiresAt: new Date(expiresAt) } });
    if (before !== null && before.expiresAt.getTime() < expiresAt) this.#wrote(1);
    return before;
  }

  /** Null when the session is known: it was not found alive before. */
  async #register(session: Session, now: EpochMs): Promise<SessionDocument | null> {
    const { id, namespace, workerName, expiresAt } = session;
    const document: SessionDocument = {
      _id: id,
      namespace,
      ...(workerName === null ? {} : { worker: text.write(workerName) }),
      registeredAt: new Date(now),
      expiresAt: new Date(expiresAt),
    };
    try {
      await this.#sessions.insertOne(document);
      this.#wrote(1);
      return document;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // Another poll of the session, or this one sent again, may have been a moment faster.
      return this.#prolong(session, now);
    }
  }

  async #endOlder({ _id, namespace, worker, registeredAt }: SessionDocument): Promise<void> {
    if (worker === undefined) return;
    await this.#end({ namespace, worker, _id: { $ne: _id }, registeredAt: { $lte: registeredAt } });
  }

  async #end(which: object): Promise<void> {
    const { modifiedCount } = await this.#sessions.updateMany({ ...which, ...NOT_ENDED }, END);
    this.#wrote(modifiedCount);
  }

  #wrote(documents: number): void {
    if (documents > 0) this.#onWritten("sessions", documents);
  }
}
