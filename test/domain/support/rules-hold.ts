import * as fc from "fast-check";
import { act, actions, type Action } from "./action.ts";
import { finishHonestly } from "./honest-worker.ts";
import { World, type Decide } from "./world.ts";

/** Whatever happens to an instance, the rules hold; and whatever has happened, it can be brought to its end. */
export function rulesHold(decide: Decide): fc.IPropertyWithHooks<[string | null, readonly Action[]]> {
  return fc.property(fc.constantFrom(null, "w1"), actions, (handedTo, sequence) => {
    const world = new World(handedTo, decide);
    for (const action of sequence) act(world, action);
    finishHonestly(world);
  });
}
