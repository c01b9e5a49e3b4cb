import type { Collection, Filter } from "mongodb";
import type { Head } from "../../domain/head.ts";
import { nameText, type InstanceName, type WorkflowName } from "../../domain/name.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { LeasedHead, ListQuery, ReadyHead, ReadyQuery } from "../store.ts";
import type { HeadDocument } from "./collections.ts";
import { readHead, readHeadIndex, readPointer } from "./head-document.ts";

/** Left out of heads that are only pointed at: it can be large. */
const POINTER = { params: 0, retention: 0, requestId: 0, handedTo: 0 } as const;

/** Looks for heads, each question by its index (`collections.ts`): no look reads more than about what it returns. */
export class HeadQueries {
  readonly #heads: Collection<HeadDocument>;

  constructor(heads: Collection<HeadDocument>) {
    this.#heads = heads;
  }

  async ready({ namespace, workflows, until, limit, parked }: ReadyQuery): Promise<readonly ReadyHead[]> {
    const filter = {
      namespace,
      workflow: { $in: [...workflows] },
      readyAt: { $lte: new Date(until) },
      lease: { $exists: false },
      ...(parked === true ? { status: "waiting" } : {}),
    };
    const options = { projection: POINTER, sort: { readyAt: 1, _id: 1 }, limit } as const;
    const documents = await this.#heads.find(filter as Filter<HeadDocument>, options).toArray();
    return documents.flatMap((document) => {
      const { readyAt } = readHeadIndex(document);
      return readyAt === null ? [] : [{ ...readPointer(document), readyAt }];
    });
  }

  async leasedTo(session: string, after: InstanceName | null, limit: number): Promise<readonly LeasedHead[]> {
    const filter = { "lease.session": session, ...(after === null ? {} : { _id: { $gt: nameText(after) } }) };
    const options = { projection: POINTER, sort: { _id: 1 }, limit } as const;
    const documents = await this.#heads.find(filter as Filter<HeadDocument>, options).toArray();
    return documents.flatMap(leasedHead);
  }

  async leasedIn({ namespace, workflow }: WorkflowName, after: string, limit: number): Promise<readonly LeasedHead[]> {
    const status = { $in: ["running", "waitingForPause"] };
    const last = nameText({ namespace, workflow, id: after });
    const filter = { namespace, workflow, status, "lease.session": { $exists: true }, _id: { $gt: last } };
    const options = { projection: POINTER, sort: { _id: 1 }, limit } as const;
    return (await this.#heads.find(filter as object, options).toArray()).flatMap(leasedHead);
  }

  async countLeased(limit: number): Promise<number> {
    return this.#heads.countDocuments({ "lease.session": { $exists: true } }, { limit, hint: "leased" });
  }

  async leaseHolders(): Promise<readonly string[]> {
    const sessions = await this.#heads.distinct("lease.session", { "lease.session": { $exists: true } });
    return (sessions as string[]).toSorted();
  }

  async list(query: ListQuery): Promise<readonly Head[]> {
    const options = { sort: { createdAt: -1, uid: -1 }, limit: query.limit } as const;
    const documents = await this.#heads.find(listFilter(query), options).toArray();
    return documents.map(readHead);
  }

  async purgeable(now: EpochMs, limit: number) {
    const options = { projection: POINTER, sort: { purgeAt: 1, _id: 1 }, limit } as const;
    const filter = { purgeAt: { $lte: new Date(now) } };
    const documents = await this.#heads.find(filter as Filter<HeadDocument>, options).toArray();
    return documents.map(readPointer);
  }
}

function leasedHead(document: HeadDocument): readonly LeasedHead[] {
  const { run, position, lease } = readHeadIndex(document);
  if (lease === null) return [];
  return [{ ...readPointer(document), run, position, epoch: lease.epoch, grantedAt: lease.grantedAt }];
}

function listFilter({
  namespace,
  workflow,
  statuses,
  createdFrom,
  createdBefore,
  after,
}: ListQuery): Filter<HeadDocument> {
  const created = {
    ...(createdFrom === null ? {} : { $gte: new Date(createdFrom) }),
    ...(createdBefore === null ? {} : { $lt: new Date(createdBefore) }),
    // Bounds the walk; what the page before had of this instant is left out below.
    ...(after === null ? {} : { $lte: new Date(after.createdAt) }),
  };
  const at = after === null ? null : new Date(after.createdAt);
  return {
    namespace,
    ...(workflow === null ? {} : { workflow }),
    ...(statuses.length === 0 ? {} : { status: { $in: [...statuses] } }),
    ...(Object.keys(created).length === 0 ? {} : { createdAt: created }),
    ...(after === null ? {} : { $or: [{ createdAt: { $lt: at } }, { createdAt: at, uid: { $lt: after.uid } }] }),
  };
}
