import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type ObjectHead, StoredObject } from "./stored-object.ts";

/** UTF-8 bytes, R2's own limit. */
const KEY_BYTES_MAX = 1024;
/** Objects in one answer of `list`, R2's own limit. */
const LIST_MAX = 1000;

export type ObjectContent = string | ArrayBuffer | Uint8Array<ArrayBuffer> | Blob | ReadableStream | null;

export interface ListOptions {
  /** Only keys that begin so. Default: all. */
  readonly prefix?: string;
  /** 1 to 1000. Default 1000. */
  readonly limit?: number;
  /** Only keys after this one. Default: from the first. */
  readonly startAfter?: string;
}

/**
 * A bucket in a folder: each object is one file, its key the path below the folder.
 *
 * A reader sees the old content or the new one, never a half: a file is written beside its place and renamed. Names that
 * begin with a dot are kept for those files. Unlike in R2, a key cannot be an object and the folder of others at once,
 * and content passes through memory.
 */
export class FolderBucket {
  readonly #folder: string;

  /** @param folder Made with the first object. */
  constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  /** The object, or null where there is none. */
  async get(key: string): Promise<StoredObject | null> {
    return await unlessAbsent(async () => {
      await using file = await open(this.#pathOf(key));
      const { mtime } = await file.stat();
      return new StoredObject(key, new Uint8Array(await file.readFile()), mtime);
    });
  }

  async head(key: string): Promise<ObjectHead | null> {
    return (await this.get(key))?.head() ?? null;
  }

  /** Writes or replaces an object. The content is flushed to the disk before it takes its place. */
  async put(key: string, content: ObjectContent): Promise<ObjectHead> {
    const path = this.#pathOf(key);
    const bytes = new Uint8Array(await new Response(content).arrayBuffer());
    await mkdir(dirname(path), { recursive: true });
    const draft = join(dirname(path), `.${randomUUID()}`);
    try {
      await writeThrough(draft, bytes);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return new StoredObject(key, bytes, (await stat(path)).mtime).head();
  }

  /** Removes objects; one that is not there is as good as removed. */
  async delete(keys: string | readonly string[]): Promise<void> {
    for (const path of [keys].flat().map((key) => this.#pathOf(key))) {
      await unlessAbsent(() => rm(path));
    }
  }

  /** Objects by the order of their keys. `truncated` says that more follow after the last one. */
  async list(
    options: ListOptions = {},
  ): Promise<{ readonly objects: readonly ObjectHead[]; readonly truncated: boolean }> {
    const { prefix = "", limit = LIST_MAX, startAfter = "" } = options;
    if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX) {
      throw new RangeError(`limit must be an integer from 1 to ${LIST_MAX}, not ${limit}`);
    }
    const found = (await this.#keys()).filter((key) => key.startsWith(prefix) && key > startAfter).toSorted();
    const heads = await Promise.all(found.slice(0, limit).map((key) => this.head(key)));
    return { objects: heads.filter((head) => head !== null), truncated: found.length > limit };
  }

  async #keys(): Promise<readonly string[]> {
    const entries = await unlessAbsent(() => readdir(this.#folder, { recursive: true, withFileTypes: true }));
    return (entries ?? [])
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(this.#folder.length + 1)
          .replaceAll("\\", "/"),
      );
  }

  /** @throws {RangeError} for a key that would lead out of the folder or is not a path of plain names. */
  #pathOf(key: string): string {
    const names = key.split("/");
    const plain = names.every((name) => name !== "" && !name.startsWith(".") && !/[\\\0:]/.test(name));
    if (!plain || Buffer.byteLength(key) > KEY_BYTES_MAX) {
      throw new RangeError(
        `The key ${JSON.stringify(key)} is not a path of at most ${KEY_BYTES_MAX} bytes, made of names without leading dots`,
      );
    }
    return join(this.#folder, ...names);
  }
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "wx");
  await file.writeFile(bytes);
  await file.sync();
}

/** How a file system says that there is no such file, or a folder in its place. */
const ABSENT: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ERR_FS_EISDIR"]);

async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && "code" in error && ABSENT.has(error.code)) return null;
    throw error;
  }
}
