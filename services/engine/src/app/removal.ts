import type { InstanceState } from "../domain/state.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import { SHARED_TTL_MS } from "./instance-cache.ts";

/** How long the journals of a removed instance refuse replicas that do not know yet: twice as long as those believe what they folded. */
const JOURNALS_KEPT_MS = 2 * SHARED_TTL_MS;

/**
 * Frees the name of an instance whose journal says that it is removed. Whoever finds such an instance does it: the
 * one that removed it may have been stopped in between.
 */
export async function release(store: Store, clock: Clock, { birth }: InstanceState): Promise<void> {
  const journalsUntil = clock.now() + (store.exclusive ? 0 : JOURNALS_KEPT_MS);
  await store.releaseName(birth.name, birth.uid, journalsUntil);
}
