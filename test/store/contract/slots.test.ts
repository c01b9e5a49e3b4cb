import { describe, expect, it } from "vitest";
import { aName, aSlot, created, GREET, leasedBy, NOW } from "../support/nouns.ts";
import { LASTING_STORES, openAgain, openFresh, STORES } from "../support/stores.ts";

const OTHER = { namespace: "default", workflow: "bye" };

describe.each(STORES)("the places of a workflow in a store of $kind", (kind) => {
  it("are taken once each, also by two who want to grant the same lease", async () => {
    const { store } = await openFresh(kind);

    const outcomes = await Promise.all(["a", "b", "c"].map((id) => store.takeSlot(aSlot(0, id))));

    expect(outcomes.toSorted()).toEqual(["held", "held", "taken"]);
    const [slot] = await store.slots(GREET);
    expect(await store.takeSlot(slot!)).toBe("taken");
    expect(await store.takeSlot({ ...slot!, token: "another" })).toBe("held");
    expect(await store.takeSlot({ ...slot!, workflow: OTHER })).toBe("taken");
  });

  it("are given back by their holder, not by another lease of the same instance", async () => {
    const { store, written } = await openFresh(kind);
    await store.takeSlot(aSlot(7, "a", 2));

    expect(await store.freeSlot(GREET, aSlot(7, "a", 1).holder)).toBeNull();
    expect(await store.freeSlot(OTHER, aSlot(7, "a", 2).holder)).toBeNull();
    expect(await store.freeSlot(GREET, aSlot(7, "a", 2).holder)).toBe(7);
    expect(await store.freeSlot(GREET, aSlot(7, "a", 2).holder)).toBeNull();
    expect(await store.takeSlot(aSlot(7, "b"))).toBe("taken");
    expect(written.slots).toBe(3);
  });

  it("are given back untouched by whoever did not get to grant the lease", async () => {
    const { store } = await openFresh(kind);
    const [granted, failed] = [aSlot(0, "a"), { ...aSlot(1, "a"), token: "another" }];
    await store.takeSlot(granted);
    await store.takeSlot(failed);

    await store.dropSlot({ ...granted, token: "another" });
    await store.dropSlot(failed);

    expect(await store.slots(GREET)).toEqual([granted]);
  });

  it("are listed in order, of one workflow", async () => {
    const { store } = await openFresh(kind);
    for (const place of [11, 2, 0]) await store.takeSlot(aSlot(place, `i${place}`));
    await store.takeSlot({ ...aSlot(1, "x"), workflow: OTHER });

    expect(await store.slots(GREET)).toEqual([aSlot(0, "i0"), aSlot(2, "i2"), aSlot(11, "i11")]);
    expect(await store.slots({ namespace: "other", workflow: "greet" })).toEqual([]);
  });

  it("are compared with what workers have: listed by workflow, and counted up to a bound", async () => {
    const { store } = await openFresh(kind);
    await created(store, aName("b"), { uid: "uid-b" }, leasedBy("session-1", 3));
    await created(store, aName("a"), { uid: "uid-a" }, { ...leasedBy("session-2"), status: "waitingForPause" });
    await created(store, aName("c"));
    await created(store, aName("d", "bye"), {}, leasedBy("session-1"));

    const page = await store.leasedIn(GREET, "", 1);
    expect(page).toEqual([{ name: aName("a"), uid: "uid-a", run: 1, position: 0, epoch: 1, grantedAt: NOW }]);
    expect((await store.leasedIn(GREET, "a", 10)).map(({ name, epoch }) => [name.id, epoch])).toEqual([["b", 3]]);
    expect(await store.countLeased(10)).toBe(3);
    expect(await store.countLeased(2)).toBe(2);
  });

  it("go first to those that a timer wakes: they are found among any number of new ones", async () => {
    const { store } = await openFresh(kind);
    await created(store, aName("new"), { createdAt: NOW - 9 });
    await created(store, aName("due"), {}, { status: "waiting", readyAt: NOW - 1 });
    await created(store, aName("longer due"), {}, { status: "waiting", readyAt: NOW - 2 });
    await created(store, aName("later"), {}, { status: "waiting", readyAt: NOW + 1 });
    await created(store, aName("for an event"), {}, { status: "waiting", readyAt: null });

    const ready = await store.ready({ namespace: "default", workflows: ["greet"], until: NOW, limit: 9, parked: true });

    expect(ready.map(({ name }) => name.id)).toEqual(["longer due", "due"]);
  });
});

describe.each(LASTING_STORES)("the places in a store of $kind that is opened again", (kind) => {
  it("are held by whom they were", async () => {
    const { store, url } = await openFresh(kind);
    await store.takeSlot(aSlot(0, "a"));
    await store.close();

    expect(await (await openAgain(url)).store.slots(GREET)).toEqual([aSlot(0, "a")]);
  });
});
