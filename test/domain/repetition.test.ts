import { describe, expect, it } from "vitest";
import { aDo, aSleep, complete, COMPLETE, fail, FAIL, sleep, start, CONFIG } from "./support/operations.ts";
import { refusalOf, Story } from "./support/story.ts";

describe("a report that is sent again because its answer was lost", () => {
  it("is answered without being applied again", () => {
    const story = new Story().grant();
    const report = story.reportMove([start("a"), complete("a"), start("b")]);
    story.move(report);
    const before = story.plain;

    expect(story.advance(9).move(report)).toEqual({ record: null, next: story.state, putOff: [] });
    expect(story.plain).toEqual(before);
  });

  it.each([
    ["parked the instance", [sleep("nap", 100)], true, "waiting"],
    ["completed it", [COMPLETE], false, "complete"],
    ["failed it", [FAIL], false, "errored"],
  ] as const)("is a success when it %s", (_, operations, park, status) => {
    const story = new Story().grant();
    const report = story.reportMove(operations, { park });
    story.move(report);
    expect(story.status).toBe(status);

    expect(story.move(report).record).toBeNull();
  });

  it("is a success when something else has happened since, and its lease still holds", () => {
    const story = new Story().grant();
    const report = story.reportMove([start("a")]);
    story.move(report);
    story.send("go");
    story.command("pause");

    expect(story.move(report)).toMatchObject({ record: null, putOff: [] });
  });

  it("tells again which starts a pending pause put off, so that their callbacks are not called", () => {
    const story = new Story().grant();
    story.report([start("a"), start("b"), start("r", { config: { ...CONFIG, retryDelayMs: 0 } })]);
    story.report([fail("r")]);
    story.command("pause");
    const report = story.reportMove([
      complete("a"),
      start("c"),
      start("r", { attempt: 2 }),
      start("d", { alreadyRunning: true }),
    ]);
    const first = story.move(report);

    expect(first.putOff).toEqual([aDo("c"), aDo("r")]);
    expect(story.move(report)).toEqual({ record: null, next: story.state, putOff: first.putOff });
  });

  it("tells so too when the pause took effect with it, or was taken back since", () => {
    const paused = new Story().grant();
    paused.report([start("a")]);
    paused.command("pause");
    const last = paused.reportMove([complete("a"), start("b")]);
    paused.move(last);
    expect(paused.status).toBe("paused");
    expect(paused.move(last).putOff).toEqual([aDo("b")]);

    const resumed = new Story().grant();
    resumed.report([start("a"), start("x")]);
    resumed.command("pause");
    const report = resumed.reportMove([complete("a"), start("b")]);
    resumed.move(report);
    resumed.command("resume");
    expect(resumed.move(report).putOff).toEqual([aDo("b")]);
    expect(resumed.report([start("b")]).putOff).toEqual([]);
  });

  it("is refused when its lease was lost meanwhile: the steps that it started are due elsewhere", () => {
    const story = new Story().grant();
    const report = story.reportMove([start("a")]);
    story.move(report);
    story.lose("expired");

    expect(refusalOf(() => story.move(report))).toMatchObject({ reason: "LEASE_LOST" });
  });

  it("is refused when the instance has passed on; nothing of it is lost, it is in the journal", () => {
    const story = new Story().grant("w1");
    const report = story.reportMove([sleep("nap", 100)], { park: true });
    story.move(report);
    story.advance(100).grant("w1");

    expect(refusalOf(() => story.move(report))).toMatchObject({ reason: "LEASE_LOST" });
    expect(story.open).toEqual([{ status: "undelivered", key: aSleep("nap"), event: null }]);
  });
});
