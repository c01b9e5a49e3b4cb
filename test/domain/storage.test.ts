import { describe, expect, it } from "vitest";
import type { Payload } from "../../services/engine/src/domain/payload.ts";
import { complete, COMPLETE, json, start } from "./support/operations.ts";
import { refusalOf, Story } from "./support/story.ts";

const text = (length: number): Payload => json("x".repeat(length - 2));
const stream = (size: number): Payload => ({ form: "stream", blob: "b", size, chunks: 1, preview: null });

describe("what an instance stores", () => {
  it("is its params, its steps' outputs, streams included, and the events that it accepted", () => {
    const story = new Story({ params: text(10) }).grant();
    story.report([start("a"), complete("a", text(20)), start("b"), complete("b", stream(300))]);
    story.send("go", { payload: text(4) });

    expect(story.state.storedBytes).toBe(10 + 20 + 300 + 4);
  });

  it("begins with its params again after a restart", () => {
    const story = new Story({ params: text(10) }).grant();
    story.report([start("a"), complete("a", text(20))]);
    story.command("restart");

    expect(story.state.storedBytes).toBe(10);
  });

  it("reaches the limit and not beyond: the step is refused, in words of the programming model", () => {
    const begun = () => {
      const story = new Story({ params: text(10) }).grant();
      story.report([start("a")]);
      return story;
    };
    begun().report([complete("a", text(90))], { bytesMax: 100 });
    begun().report([complete("a", stream(90))], { bytesMax: 100 });

    for (const output of [text(91), stream(91)]) {
      const story = begun();
      const before = story.plain;
      expect(refusalOf(() => story.report([complete("a", output)], { bytesMax: 100 }))).toEqual({
        reason: "LIMIT_EXCEEDED",
        message: "The instance has exceeded the 100 byte storage limit",
        metadata: { limitBytes: "100", actualBytes: "101" },
      });
      expect(story.plain).toEqual(before);
    }
  });

  it("does not keep a full instance from its end", () => {
    const story = new Story({ params: text(100) }).grant();
    story.report([COMPLETE], { bytesMax: 100 });

    expect(story.status).toBe("complete");
  });

  it.each([
    [1_073_741_824, "1GiB"],
    [104_857_600, "100MiB"],
    [1_500, "1500 byte"],
  ])("of at most %i bytes is written as %s", (bytes, written) => {
    const story = new Story().grant();
    const refusal = refusalOf(() => story.report([start("a"), complete("a", stream(bytes))], { bytesMax: bytes }));

    expect(refusal.message).toBe(`The instance has exceeded the ${written} storage limit`);
  });
});
