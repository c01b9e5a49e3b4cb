import { describe, expect, it } from "vitest";
import type { Head } from "../../../services/engine/src/domain/head.ts";
import type { ListQuery, Store } from "../../../services/engine/src/store/store.ts";
import { aName, created, EVERYTHING, NOW } from "../support/nouns.ts";
import { openForAll, STORES } from "../support/stores.ts";

const ids = (heads: readonly Head[]) => heads.map(({ birth }) => birth.name.id);

async function pages(store: Store, query: ListQuery): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for (let after: ListQuery["after"] = null; ;) {
    const page = await store.list({ ...query, after });
    const last = page.at(-1)?.birth;
    if (last === undefined) return found;
    found.push(ids(page));
    after = { createdAt: last.createdAt, uid: last.uid };
  }
}

describe.each(STORES)("a list in $kind", (kind) => {
  const store = openForAll(kind, async (opened) => {
    await created(opened, aName("a"), { createdAt: NOW });
    await created(opened, aName("c"), { createdAt: NOW + 2 }, { status: "complete", readyAt: null });
    await created(opened, aName("b"), { createdAt: NOW + 1 }, { status: "paused", readyAt: null });
    await created(opened, aName("d", "bill"), { createdAt: NOW + 3 }, { status: "paused", readyAt: null });
    await created(opened, aName("e", "greet", "elsewhere"), { createdAt: NOW + 4 });
  });

  it("has whole heads, newest first", async () => {
    const heads = await Promise.all(
      ["d", "c", "b", "a"].map((id) => store().head(aName(id, id === "d" ? "bill" : "greet"))),
    );

    expect(await store().list(EVERYTHING)).toStrictEqual(heads);
  });

  it.each<[string, Partial<ListQuery>, readonly string[]]>([
    ["a namespace", { namespace: "elsewhere" }, ["e"]],
    ["a workflow", { workflow: "bill" }, ["d"]],
    ["a status", { statuses: ["paused"] }, ["d", "b"]],
    ["several statuses", { statuses: ["paused", "complete", "paused"] }, ["d", "c", "b"]],
    ["a workflow and a status", { workflow: "greet", statuses: ["paused", "errored"] }, ["b"]],
    ["an earliest creation, which counts", { createdFrom: NOW + 2 }, ["d", "c"]],
    ["a latest creation, which does not count", { createdBefore: NOW + 2 }, ["b", "a"]],
    ["both", { createdFrom: NOW + 1, createdBefore: NOW + 3 }, ["c", "b"]],
    ["a limit", { limit: 2 }, ["d", "c"]],
    ["statuses and a limit", { statuses: ["queued", "paused"], limit: 2 }, ["d", "b"]],
    [
      "all of them",
      { workflow: "greet", statuses: ["complete"], createdFrom: NOW, createdBefore: NOW + 9, limit: 1 },
      ["c"],
    ],
    ["what nothing fits", { workflow: "unknown" }, []],
  ])("is filtered by %s", async (_what, query, expected) => {
    expect(ids(await store().list({ ...EVERYTHING, ...query }))).toEqual(expected);
  });
});

describe.each(STORES)("pages of a list in $kind", (kind) => {
  const store = openForAll(kind, async (opened) => {
    for (let n = 0; n < 11; n++) {
      const index = n % 2 === 0 ? {} : ({ status: "paused", readyAt: null } as const);
      await created(opened, aName(`i-${n}`), { createdAt: n < 9 ? NOW : NOW + 1 }, index);
    }
  });

  it.each<[string, Partial<ListQuery>]>([
    ["everything", {}],
    ["a workflow", { workflow: "greet" }],
    ["statuses", { statuses: ["queued", "paused"] }],
    ["a range", { createdFrom: NOW, createdBefore: NOW + 2 }],
  ])("have each instance once, also those of one instant: %s", async (_what, query) => {
    const all = ids(await store().list({ ...EVERYTHING, ...query }));
    expect(all).toHaveLength(11);

    for (const limit of [1, 2, 5]) {
      const paged = await pages(store(), { ...EVERYTHING, ...query, limit });

      expect(paged.flat()).toEqual(all);
      expect(paged.map(({ length }) => length).slice(0, -1)).toEqual(paged.slice(0, -1).map(() => limit));
    }
  });
});
