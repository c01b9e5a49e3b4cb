import { isRemoved, type Head } from "../domain/head.ts";
import type { ListQuery, Store } from "../store/store.ts";

/** A page of heads, newest first, without those of instances that are being removed. */
export async function listHeads(store: Store, query: ListQuery): Promise<readonly Head[]> {
  const found: Head[] = [];
  for (let { after } = query; ;) {
    const limit = query.limit - found.length;
    const page = await store.list({ ...query, after, limit });
    found.push(...page.filter(({ index }) => !isRemoved(index)));
    if (page.length < limit || found.length === query.limit) return found;
    after = page.at(-1)?.birth ?? after;
  }
}
