import type { Collection, Filter } from "mongodb";
import { workflowText, type WorkflowName } from "../../domain/name.ts";
import { instant } from "../document/values.ts";
import type { Slot, SlotHolder } from "../slot-store.ts";
import type { OnWritten } from "../written.ts";
import type { SlotDocument } from "./collections.ts";
import { isDuplicateKey } from "./mongo-errors.ts";

/** The places that leases have, of all replicas: the key is the limit. */
export class SlotCollection {
  readonly #slots: Collection<SlotDocument>;
  readonly #onWritten: OnWritten;

  constructor(slots: Collection<SlotDocument>, onWritten: OnWritten) {
    this.#slots = slots;
    this.#onWritten = onWritten;
  }

  async take({ workflow, place, holder, token, takenAt }: Slot): Promise<"taken" | "held"> {
    const key = { w: workflowText(workflow), p: place };
    const { id, uid, run, epoch } = holder;
    try {
      await this.#slots.insertOne({ _id: key, id, uid, run, epoch, token, takenAt: new Date(takenAt) });
      this.#onWritten("slots", 1);
      return "taken";
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // The driver sends an insert again when its answer was lost: it may be this one that is there.
      return (await this.#slots.findOne({ _id: key, token })) === null ? "held" : "taken";
    }
  }

  async drop({ workflow, place, token }: Slot): Promise<void> {
    const { deletedCount } = await this.#slots.deleteOne({ _id: { w: workflowText(workflow), p: place }, token });
    if (deletedCount > 0) this.#onWritten("slots", 1);
  }

  async free(workflow: WorkflowName, { uid, run, epoch }: SlotHolder): Promise<number | null> {
    const freed = await this.#slots.findOneAndDelete({ uid, run, epoch, "_id.w": workflowText(workflow) });
    if (freed === null) return null;
    this.#onWritten("slots", 1);
    const { _id: key } = freed;
    return key.p;
  }

  async taken(workflow: WorkflowName): Promise<readonly Slot[]> {
    const text = workflowText(workflow);
    const range = { _id: { $gte: { w: text, p: 0 }, $lte: { w: text, p: Infinity } } } as Filter<SlotDocument>;
    const documents = await this.#slots.find(range, { sort: { _id: 1 } }).toArray();
    return documents.map(({ _id: key, id, uid, run, epoch, token, takenAt }) => ({
      workflow,
      place: key.p,
      holder: { id, uid, run, epoch },
      token,
      takenAt: instant.read(takenAt),
    }));
  }
}
