import { describe, expect, it } from "vitest";
import { openStore } from "../../services/engine/src/store/open.ts";

describe("a URL that names no store", () => {
  it.each([
    ["nothing", "", '"" names no store: give memory:, sqlite:./perdure.db, mongodb://host/database'],
    ["a path alone", "./perdure.db", '"./perdure.db" names no store: give'],
    ["another database", "postgres://localhost", '"postgres://localhost" names no store: give'],
    ["one with a password", "postgres://me:secret@localhost", '"postgres://…@localhost" names no store: give'],
    ["a property of objects", "constructor:", '"constructor:" names no store: give'],
    ["sqlite without a path", "sqlite:", "sqlite: needs the path of a file, as in sqlite:./perdure.db"],
    ["sqlite in memory", "sqlite::memory:", "sqlite::memory: would forget everything"],
    ["mongodb without a host", "mongodb://", "the URL of MongoDB cannot be understood"],
    [
      "mongodb with an unknown option",
      "mongodb://localhost/?replicaset=a&fast=1",
      "the URL of MongoDB cannot be understood",
    ],
  ])("is answered with what to do: %s", async (_what, url, message) => {
    await expect(openStore(url)).rejects.toThrow(message);
  });
});
