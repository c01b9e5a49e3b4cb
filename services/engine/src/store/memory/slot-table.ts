import { workflowText, type WorkflowName } from "../../domain/name.ts";
import type { Slot, SlotHolder } from "../slot-store.ts";

/** The places taken, by workflow. */
export class SlotTable {
  readonly #taken = new Map<string, Map<number, Slot>>();

  take(slot: Slot): "taken" | "own" | "held" {
    const places = this.#places(slot.workflow);
    const there = places.get(slot.place);
    if (there !== undefined) return there.token === slot.token ? "own" : "held";
    places.set(slot.place, slot);
    return "taken";
  }

  drop({ workflow, place, token }: Slot): boolean {
    const places = this.#places(workflow);
    return places.get(place)?.token === token && places.delete(place);
  }

  free(workflow: WorkflowName, holder: SlotHolder): number | null {
    const places = this.#places(workflow);
    for (const slot of places.values()) {
      if (!sameHolder(slot.holder, holder)) continue;
      places.delete(slot.place);
      return slot.place;
    }
    return null;
  }

  of(workflow: WorkflowName): readonly Slot[] {
    return [...this.#places(workflow).values()].toSorted((a, b) => a.place - b.place);
  }

  #places(workflow: WorkflowName): Map<number, Slot> {
    const key = workflowText(workflow);
    const places = this.#taken.get(key) ?? new Map<number, Slot>();
    this.#taken.set(key, places);
    return places;
  }
}

function sameHolder(a: SlotHolder, b: SlotHolder): boolean {
  return a.uid === b.uid && a.run === b.run && a.epoch === b.epoch;
}
