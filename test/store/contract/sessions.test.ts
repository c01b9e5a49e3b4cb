import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../../../services/engine/src/domain/time.ts";
import { aSession, NOW } from "../support/nouns.ts";
import { HOSTILE_TEXTS } from "../support/payloads.ts";
import { openFresh, STORES } from "../support/stores.ts";

const LATER = NOW + 30_000;

describe.each(STORES)("a session in $kind", (kind) => {
  it("lives from its registration to its time, and each extension gives it more", async () => {
    const { store, written } = await openFresh(kind);
    expect(await store.extendSession(aSession("s-1"), NOW, true)).toBe("alive");
    expect(await store.aliveSessions(LATER - 1)).toEqual(["s-1"]);
    expect(await store.aliveSessions(LATER)).toEqual([]);

    expect(await store.extendSession(aSession("s-1", { expiresAt: LATER + 10 }), LATER - 1, false)).toBe("alive");
    expect(await store.aliveSessions(LATER + 9)).toEqual(["s-1"]);
    expect(await store.aliveSessions(LATER + 10)).toEqual([]);
    expect(written).toMatchObject({ heads: 0, journal: 0, removals: 0, sessions: 2 });
  });

  it("is lost when it was never registered", async () => {
    const { store } = await openFresh(kind);

    expect(await store.extendSession(aSession("s-1"), NOW, false)).toBe("lost");
    expect(await store.aliveSessions(NOW)).toEqual([]);
  });

  it("does not lose time to an extension that was overtaken", async () => {
    const { store } = await openFresh(kind);
    await store.extendSession(aSession("s-1", { expiresAt: LATER + 10 }), NOW, true);

    expect(await store.extendSession(aSession("s-1", { expiresAt: LATER }), NOW, false)).toBe("alive");
    expect(await store.aliveSessions(LATER + 9)).toEqual(["s-1"]);
  });

  it("is lost when its time was over, and never comes back, even by a clock that is behind", async () => {
    const { store } = await openFresh(kind);
    await store.extendSession(aSession("s-1"), NOW, true);
    const more = aSession("s-1", { expiresAt: LATER + 60_000 });

    expect(await store.extendSession(more, LATER, false)).toBe("lost");
    expect(await store.extendSession(more, LATER, true)).toBe("lost");
    expect(await store.extendSession(more, NOW, true)).toBe("lost");
    expect(await store.aliveSessions(NOW)).toEqual([]);
  });

  it("is lost when it was ended, and never comes back", async () => {
    const { store } = await openFresh(kind);
    await store.extendSession(aSession("s-1"), NOW, true);
    await store.extendSession(aSession("s-2"), NOW, true);

    await store.endSession("s-1");
    await store.endSession("s-1");
    await store.endSession("unknown");

    expect(await store.aliveSessions(NOW)).toEqual(["s-2"]);
    expect(await store.extendSession(aSession("s-1"), NOW, true)).toBe("lost");
    expect(await store.aliveSessions(NOW)).toEqual(["s-2"]);
  });

  it("ends the older ones of its worker's name, in its namespace only", async () => {
    const { store } = await openFresh(kind);
    const workerName = "worker-1";
    await store.extendSession(aSession("old", { workerName }), NOW, true);
    await store.extendSession(aSession("other", { workerName: "worker-2" }), NOW, true);
    await store.extendSession(aSession("elsewhere", { workerName, namespace: "elsewhere" }), NOW, true);
    await store.extendSession(aSession("nameless"), NOW, true);

    // In the same millisecond.
    expect(await store.extendSession(aSession("new", { workerName }), NOW, true)).toBe("alive");

    expect((await store.aliveSessions(NOW)).toSorted()).toEqual(["elsewhere", "nameless", "new", "other"]);
    expect(await store.extendSession(aSession("old", { workerName }), NOW, true)).toBe("lost");
    expect(await store.extendSession(aSession("new", { workerName }), NOW + 1, true)).toBe("alive");
  });

  it("does not end a younger one of its name by polling on", async () => {
    const { store } = await openFresh(kind);
    const workerName = "worker-1";
    await store.extendSession(aSession("old", { workerName: "another" }), NOW, true);
    await store.extendSession(aSession("new", { workerName }), NOW + 5, true);

    expect(await store.extendSession(aSession("old", { workerName }), NOW + 6, true)).toBe("alive");
    expect((await store.aliveSessions(NOW + 6)).toSorted()).toEqual(["new", "old"]);
  });

  it("tells any two names of workers apart", async () => {
    const { store } = await openFresh(kind);
    for (const [n, workerName] of HOSTILE_TEXTS.entries()) {
      expect(await store.extendSession(aSession(`s-${n}`, { workerName }), NOW, true)).toBe("alive");
    }
    expect(await store.aliveSessions(NOW)).toHaveLength(HOSTILE_TEXTS.length);

    await store.extendSession(aSession("again", { workerName: "\ud800" }), NOW, true);
    expect(await store.aliveSessions(NOW)).toHaveLength(HOSTILE_TEXTS.length);
  });

  it("is registered once when its polls come together", async () => {
    const { store, written } = await openFresh(kind);
    const polls = Array.from({ length: 20 }, () =>
      store.extendSession(aSession("s-1", { workerName: "w" }), NOW, true),
    );

    expect(new Set(await Promise.all(polls))).toEqual(new Set(["alive"]));
    expect(await store.aliveSessions(NOW)).toEqual(["s-1"]);
    expect(written.sessions).toBe(1);
  });

  it("is forgotten an hour after its time", async () => {
    const { store, written } = await openFresh(kind);
    await store.extendSession(aSession("s-1"), NOW, true);
    await store.aliveSessions(LATER + HOUR_MS - 1);
    expect(await store.extendSession(aSession("s-1", { expiresAt: LATER + 2 * HOUR_MS }), LATER + HOUR_MS, true)).toBe(
      "lost",
    );

    await store.aliveSessions(LATER + HOUR_MS);

    expect(written.sessions).toBe(3);
    expect(await store.extendSession(aSession("s-1"), NOW, true)).toBe("alive");
  });
});
