import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LeaseRef } from "../../services/engine/src/app/worker-api.ts";
import type { Operation } from "../../services/engine/src/domain/operation.ts";
import { AnApp, ENDS, LEASE_MS, starts, step, WORKFLOW } from "../support/an-app.ts";
import { settled } from "../support/manual-clock.ts";

const ONE = { ...WORKFLOW, id: "one" };

let engine: AnApp;
let lease: LeaseRef;
beforeEach(async () => {
  engine = new AnApp({ config: { instanceBytesMax: 1_000 } });
  const polled = engine.poll("session-a");
  await settled();
  await engine.create("one");
  lease = (await polled).tasks[0]!.lease;
});
afterEach(() => engine.close());

function put(blob: string, chunk: number, size: number, by = lease, session = "session-a"): Promise<void> {
  return engine.app.workers.putBlob(session, by, { blob, chunk, bytes: new Uint8Array(size).fill(chunk) });
}

function completes(name: string, blob: string, size: number, chunks: number): Operation {
  const output = { form: "stream", blob, size, chunks, preview: null } as const;
  return { kind: "completeStep", key: step(name), attempt: 1, output };
}

describe("a stream", () => {
  it("is part of the instance when a step is completed with it, and any caller can read it", async () => {
    await put("1.a.x", 0, 200);
    await put("1.a.x", 1, 50);
    await engine.report("session-a", lease, 1, [starts("a", true), completes("a", "1.a.x", 250, 2), ENDS]);

    expect(await engine.status("one")).toBe("complete");
    expect(await engine.app.callers.blob(ONE, "1.a.x", 1)).toEqual(new Uint8Array(50).fill(1));
    await expect(engine.app.callers.blob(ONE, "1.a.x", 2)).rejects.toMatchObject({ reason: "BLOB_NOT_FOUND" });
  });

  it.each([
    ["fewer chunks", 450, 3],
    ["more chunks", 200, 1],
    ["other bytes", 249, 2],
  ])("that has not %s than were put is not taken, and nothing of the report is", async (_what, size, chunks) => {
    await put("1.a.x", 0, 200);
    await put("1.a.x", 1, 50);
    const refused = await engine.report("session-a", lease, 1, [
      starts("a", true),
      completes("a", "1.a.x", size, chunks),
    ]);

    expect(refused).toMatchObject({ reason: "JOURNAL_MISMATCH" });
    expect((await engine.app.callers.get(ONE)).index.position).toBe(0);
  });

  it("that an attempt left unfinished goes with the first chunk of another one of the step, and no other does", async () => {
    await put("1.a.x", 0, 100);
    await put("1.b.x", 0, 100);
    await put("1.a.y", 0, 100);

    const there = ["1.a.x", "1.b.x", "1.a.y"].map((blob) => engine.app.workers.blob(lease, blob, 0).catch(() => null));
    expect((await Promise.all(there)).map((bytes) => bytes?.length ?? 0)).toEqual([0, 100, 100]);
  });

  it("cannot be put by who does not hold the lease, and can be read by who held it", async () => {
    await put("1.a.x", 0, 100);
    await engine.clock.advance(2 * LEASE_MS);
    await engine.poll("session-b");

    await expect(put("1.a.x", 1, 100)).rejects.toMatchObject({ reason: "LEASE_LOST" });
    await expect(put("1.a.x", 1, 100, lease, "session-b")).rejects.toMatchObject({ reason: "LEASE_LOST" });
    expect(await engine.app.workers.blob(lease, "1.a.x", 0)).toEqual(new Uint8Array(100));
    const another = { ...lease, uid: "another" };
    await expect(engine.app.workers.blob(another, "1.a.x", 0)).rejects.toMatchObject({ reason: "LEASE_LOST" });
  });

  it("is refused with the chunk with which the instance would store more than it may", async () => {
    await put("1.a.x", 0, 400);
    await put("1.a.x", 1, 400);

    await expect(put("1.a.x", 2, 400)).rejects.toMatchObject({
      reason: "LIMIT_EXCEEDED",
      message: "The instance has exceeded the 1000 byte storage limit",
    });
  });

  it("goes with its instance", async () => {
    await put("1.a.x", 0, 200);
    await engine.report("session-a", lease, 1, [starts("a", true), completes("a", "1.a.x", 200, 1), ENDS]);
    await engine.clock.advance(8 * 3_600_000);

    expect(await engine.store.chunk({ uid: lease.uid, blob: "1.a.x", chunk: 0 })).toBeUndefined();
  });
});
