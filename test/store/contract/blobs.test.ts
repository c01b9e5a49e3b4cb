import { describe, expect, it } from "vitest";
import { aName, created, NOW } from "../support/nouns.ts";
import { LASTING_STORES, openAgain, openFresh, STORES } from "../support/stores.ts";

const BYTES = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);

const chunkOf = (blob: string, chunk = 0, uid = "uid-1") => ({ uid, blob, chunk });

describe.each(STORES)("the streams in a store of $kind", (kind) => {
  it("give each chunk back as it was put, and the newest of one that was put twice", async () => {
    const { store } = await openFresh(kind);
    await store.putChunk(chunkOf("1.a.x", 0), Uint8Array.of(9));
    await store.putChunk(chunkOf("1.a.x", 0), BYTES);
    await store.putChunk(chunkOf("1.a.x", 1), Uint8Array.of(1, 2));

    expect(await store.chunk(chunkOf("1.a.x", 0))).toEqual(BYTES);
    expect(await store.chunk(chunkOf("1.a.x", 1))).toEqual(Uint8Array.of(1, 2));
    expect(await store.blobSize("uid-1", "1.a.x")).toEqual({ chunks: 2, bytes: BYTES.byteLength + 2 });
  });

  it("have nothing where nothing was put", async () => {
    const { store } = await openFresh(kind);
    await store.putChunk(chunkOf("1.a.x"), BYTES);

    expect(await store.chunk(chunkOf("1.a.x", 1))).toBeUndefined();
    expect(await store.chunk(chunkOf("1.a", 0))).toBeUndefined();
    expect(await store.chunk(chunkOf("1.a.x", 0, "uid-2"))).toBeUndefined();
    expect(await store.blobSize("uid-1", "1.a")).toEqual({ chunks: 0, bytes: 0 });
  });

  it("are dropped by the beginning of their names, but for the one that is kept, and of one instance only", async () => {
    const { store } = await openFresh(kind);
    const names = ["1.a.x", "1.a.y", "1.a.kept", "1.ab.x", "1._a.x"];
    for (const name of names) await store.putChunk(chunkOf(name), BYTES);
    await store.putChunk(chunkOf("1.a.x", 0, "uid-2"), BYTES);

    await store.dropBlobs("uid-1", "1.a.", "1.a.kept");

    const left = await Promise.all(names.map(async (name) => (await store.blobSize("uid-1", name)).chunks));
    expect(left).toEqual([0, 0, 1, 1, 1]);
    expect(await store.chunk(chunkOf("1.a.x", 0, "uid-2"))).toEqual(BYTES);
  });

  it("go with their instance", async () => {
    const { store } = await openFresh(kind);
    const { birth } = await created(store, aName("one"));
    await store.putChunk(chunkOf("1.a.x", 0, birth.uid), BYTES);
    await store.putChunk(chunkOf("1.a.x", 0, "another"), BYTES);

    await store.releaseName(birth.name, birth.uid, NOW);
    await store.removeJournals(birth);

    expect(await store.chunk(chunkOf("1.a.x", 0, birth.uid))).toBeUndefined();
    expect(await store.chunk(chunkOf("1.a.x", 0, "another"))).toEqual(BYTES);
  });
});

describe.each(LASTING_STORES)("the streams in a store of $kind that is opened again", (kind) => {
  it("are there", async () => {
    const { store, url } = await openFresh(kind);
    await store.putChunk(chunkOf("1.a.x"), BYTES);
    await store.close();

    const { store: again } = await openAgain(url);

    expect(await again.chunk(chunkOf("1.a.x"))).toEqual(BYTES);
  });
});
