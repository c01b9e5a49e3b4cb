import type { InstanceName } from "../../services/engine/src/domain/name.ts";
import type { Head } from "../../services/engine/src/domain/head.ts";
import type { EpochMs } from "../../services/engine/src/domain/time.ts";
import type {
  JournalId,
  JournalPage,
  ListQuery,
  ReadyQuery,
  Session,
  Store,
  StoreCommit,
} from "../../services/engine/src/store/store.ts";

/** A store that counts what is written through it, and can stand for one that is shared by replicas. */
export class CountingStore implements Store {
  readonly writes = { creates: 0, records: 0, indexes: 0 };
  readonly description: string;
  readonly exclusive: boolean;
  readonly #store: Store;

  constructor(store: Store, options: { readonly exclusive?: boolean } = {}) {
    this.#store = store;
    this.description = store.description;
    this.exclusive = options.exclusive ?? store.exclusive;
  }

  async create(head: Head) {
    const outcome = await this.#store.create(head);
    if (outcome === "created") this.writes.creates += 1;
    return outcome;
  }

  async append(commit: StoreCommit) {
    if (commit.summon !== null) this.writes.indexes += 1;
    const outcome = await this.#store.append(commit);
    if (outcome === "conflict") return outcome;
    this.writes.records += 1;
    if (commit.index !== null) this.writes.indexes += 1;
    return outcome;
  }

  head = (name: InstanceName) => this.#store.head(name);
  journal = (id: JournalId, after: number, page: JournalPage) => this.#store.journal(id, after, page);
  ready = (query: ReadyQuery) => this.#store.ready(query);
  leasedTo = (session: string, after: InstanceName | null, limit: number) =>
    this.#store.leasedTo(session, after, limit);
  leaseHolders = () => this.#store.leaseHolders();
  list = (query: ListQuery) => this.#store.list(query);
  purgeable = (now: EpochMs, limit: number) => this.#store.purgeable(now, limit);
  purge = (name: InstanceName, uid: string) => this.#store.purge(name, uid);
  extendSession = (session: Session, now: EpochMs, register: boolean) =>
    this.#store.extendSession(session, now, register);
  endSession = (id: string) => this.#store.endSession(id);
  aliveSessions = (now: EpochMs) => this.#store.aliveSessions(now);
  ping = () => this.#store.ping();
  close = () => this.#store.close();
}
