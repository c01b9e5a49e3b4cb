import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderBucket } from "../../examples/support/bucket.ts";

const md5 = (content: string | Uint8Array): string => createHash("md5").update(content).digest("hex");

describe("a bucket in a folder", () => {
  let folder: string;
  let bucket: FolderBucket;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "perdure-bucket-"));
    bucket = new FolderBucket(join(folder, "objects"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("gives back the bytes that were put, with key, size and etag", async () => {
    const content = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
    const head = await bucket.put("public/cat.png", content);
    const object = await bucket.get("public/cat.png");

    expect(head).toEqual({ key: "public/cat.png", size: 300, etag: md5(content), uploaded: expect.any(Date) });
    expect(object?.head()).toEqual(head);
    expect(await bucket.head("public/cat.png")).toEqual(head);
    expect(new Uint8Array(await object!.arrayBuffer())).toEqual(content);
  });

  it.each([
    ["a string", "grüße", "grüße"],
    ["an ArrayBuffer", new Uint8Array([104, 105]).buffer, "hi"],
    ["a view's own bytes only", new Uint8Array([120, 104, 105, 120]).subarray(1, 3), "hi"],
    ["a Blob", new Blob(["hi"]), "hi"],
    ["a stream", new Blob(["h", "i"]).stream(), "hi"],
    ["null, as an empty object", null, ""],
  ])("stores %s", async (_kind, content, text) => {
    await bucket.put("note.txt", content);

    expect(await readFile(join(folder, "objects", "note.txt"), "utf8")).toBe(text);
    expect(await (await bucket.get("note.txt"))?.text()).toBe(text);
  });

  it("lets the content be read once, as text, JSON, a buffer or a stream", async () => {
    await bucket.put("a.json", '{"a":1}');
    const object = await bucket.get("a.json");

    expect(await object?.json()).toEqual({ a: 1 });
    expect(object?.bodyUsed).toBe(true);
    await expect(object?.text()).rejects.toThrow(TypeError);
    expect(await new Response((await bucket.get("a.json"))?.body).text()).toBe('{"a":1}');
  });

  it("answers null for what is not an object", async () => {
    await bucket.put("a/b", "1");

    expect(await bucket.get("missing")).toBeNull();
    expect(await bucket.get("a")).toBeNull();
    expect(await bucket.get("a/b/c")).toBeNull();
    expect(await bucket.head("missing")).toBeNull();
  });

  it("leaves the old content, and nothing else, when the new one breaks off", async () => {
    await bucket.put("a", "old");
    const broken = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array([1]));
        controller.error(new Error("the line went dead"));
      },
    });

    await expect(bucket.put("a", broken)).rejects.toThrow("the line went dead");
    expect(await (await bucket.get("a"))?.text()).toBe("old");
    expect(await readdir(join(folder, "objects"))).toEqual(["a"]);
  });

  it("leaves no draft behind when a key is the folder of others", async () => {
    await bucket.put("a/b", "1");

    await expect(bucket.put("a", "2")).rejects.toMatchObject({ code: "EISDIR" });
    expect(await readdir(join(folder, "objects"))).toEqual(["a"]);
  });

  it("shows readers one whole content or another while it is being replaced", async () => {
    const contents = ["a", "b", "c", "d"].map((letter) => letter.repeat(200_000));
    await bucket.put("a", contents[0]!);
    const writes = contents.map((content) => bucket.put("a", content));
    const reads = Array.from({ length: 40 }, async () => (await bucket.get("a"))?.text());
    const seen = new Set(await Promise.all(reads));
    await Promise.all(writes);

    expect(contents).toEqual(expect.arrayContaining([...seen]));
    expect((await bucket.list()).objects.map(({ key }) => key)).toEqual(["a"]);
  });

  it.each([
    "../outside.txt",
    "a/../../outside.txt",
    "/outside.txt",
    "..\\outside.txt",
    "C:outside.txt",
    "a//b",
    "a/",
    "./a",
    ".hidden",
    "",
    "a\0b",
    "k".repeat(1025),
    "é".repeat(513),
  ])("refuses the key %j for every operation", async (key) => {
    await writeFile(join(folder, "outside.txt"), "secret");

    await expect(bucket.get(key)).rejects.toThrow(RangeError);
    await expect(bucket.head(key)).rejects.toThrow(RangeError);
    await expect(bucket.put(key, "x")).rejects.toThrow(RangeError);
    await expect(bucket.delete(key)).rejects.toThrow(RangeError);
    expect(await readFile(join(folder, "outside.txt"), "utf8")).toBe("secret");
  });

  it("deletes one object or several, and does not mind one that is gone", async () => {
    for (const key of ["a", "b", "c/d"]) await bucket.put(key, key);

    await bucket.delete("a");
    await bucket.delete(["c/d", "a"]);

    expect((await bucket.list()).objects.map(({ key }) => key)).toEqual(["b"]);
  });

  it("deletes nothing when one of the keys is refused", async () => {
    await bucket.put("a", "1");

    await expect(bucket.delete(["a", "../b"])).rejects.toThrow(RangeError);
    expect(await bucket.head("a")).not.toBeNull();
  });

  it("lists objects by key, by prefix and in pages", async () => {
    for (const key of ["b", "a/2", "a/1", "c"]) await bucket.put(key, key);
    const keys = async (options: Parameters<typeof bucket.list>[0]) => {
      const { objects, truncated } = await bucket.list(options);
      return [objects.map(({ key }) => key).join(" "), truncated];
    };

    expect(await keys({})).toEqual(["a/1 a/2 b c", false]);
    expect(await keys({ prefix: "a/" })).toEqual(["a/1 a/2", false]);
    expect(await keys({ limit: 3 })).toEqual(["a/1 a/2 b", true]);
    expect(await keys({ limit: 3, startAfter: "b" })).toEqual(["c", false]);
    await expect(bucket.list({ limit: 0 })).rejects.toThrow(RangeError);
  });

  it("lists nothing where the folder was never made", async () => {
    expect(await bucket.list()).toEqual({ objects: [], truncated: false });
  });
});
