import { describe, expect, it } from "vitest";
import { setImmediate as nextTurn } from "node:timers/promises";
import { EngineError } from "../../../services/engine/src/domain/errors.ts";
import { GroupCommit } from "../../../services/engine/src/store/mongo/group-commit.ts";

/** A group commit whose batches come back when the test says so. */
function aGroup(bounds: { itemsMax?: number; bytesMax?: number } = {}) {
  const batches: {
    readonly items: readonly string[];
    readonly settle: PromiseWithResolvers<readonly (string | EngineError)[]>;
  }[] = [];
  const group = new GroupCommit<string, string>({
    itemsMax: 3,
    bytesMax: 100,
    ...bounds,
    write: async (items) => {
      const settle = Promise.withResolvers<readonly (string | EngineError)[]>();
      batches.push({ items, settle });
      return settle.promise;
    },
  });
  return { group, batches, sent: () => batches.map(({ items }) => items.join("")) };
}

const REFUSED = new EngineError("STORE_UNAVAILABLE", "down");

describe("a group commit", () => {
  it("writes together what one turn adds", async () => {
    const { group, sent } = aGroup();
    for (const item of ["a", "b", "c"]) void group.add(item, 1);
    await nextTurn();

    expect(sent()).toEqual(["abc"]);
  });

  it("has two batches on their way, and sends what has gathered when one comes back", async () => {
    const { group, batches, sent } = aGroup();
    for (const item of ["a", "b", "c"]) {
      void group.add(item, 1);
      await nextTurn();
    }
    void group.add("d", 1);
    await nextTurn();
    expect(sent()).toEqual(["a", "b"]);

    batches[0]!.settle.resolve(["A"]);
    await nextTurn();
    await nextTurn();

    expect(sent()).toEqual(["a", "b", "cd"]);
  });

  it("ends a batch at its count, and before the item that would pass its bytes; a larger one goes alone", async () => {
    const { group, batches, sent } = aGroup({ bytesMax: 10 });
    for (const [item, bytes] of [
      ["a", 1],
      ["b", 1],
      ["c", 1],
      ["d", 6],
      ["e", 5],
      ["f", 99],
    ] as const)
      void group.add(item, bytes);
    for (let turn = 0; turn < 6; turn++) {
      await nextTurn();
      batches[turn]?.settle.resolve(["", "", ""]);
    }

    expect(sent()).toEqual(["abc", "d", "e", "f"]);
  });

  it("gives each its own outcome", async () => {
    const { group, batches } = aGroup();
    const outcomes = Promise.allSettled(["a", "b", "c"].map((item) => group.add(item, 1)));
    await nextTurn();
    batches[0]!.settle.resolve(["A", REFUSED, "C"]);

    expect(await outcomes).toEqual([
      { status: "fulfilled", value: "A" },
      { status: "rejected", reason: REFUSED },
      { status: "fulfilled", value: "C" },
    ]);
  });

  it("refuses a batch that failed and all that waits behind it, and tries again with what comes later", async () => {
    const { group, batches, sent } = aGroup();
    const outcomes = Promise.allSettled(["a", "b", "c", "d", "e", "f", "g", "h"].map((item) => group.add(item, 1)));
    await nextTurn();
    await nextTurn();
    expect(sent()).toEqual(["abc", "def"]);
    batches[0]!.settle.reject(REFUSED);
    batches[1]!.settle.resolve(["D", "E", "F"]);

    const settled = await outcomes;
    expect(settled.map(({ status }) => status[0]).join("")).toBe("rrrfffrr");
    void group.add("i", 1);
    await nextTurn();
    expect(sent()).toEqual(["abc", "def", "i"]);
  });

  it("is idle when nothing waits and nothing is on its way", async () => {
    const { group, batches } = aGroup();
    await group.idle();
    void group.add("a", 1);
    let idle = false;
    const wait = async () => {
      await group.idle();
      idle = true;
    };
    const waited = wait();
    await nextTurn();
    await nextTurn();
    expect(idle).toBe(false);

    batches[0]!.settle.resolve(["A"]);
    await waited;
    expect(idle).toBe(true);
  });
});
