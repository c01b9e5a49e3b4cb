import { describe, expect, it } from "vitest";
import { dueNow, nextDue, normalCron } from "../../services/engine/src/domain/schedule.ts";
import { NO_SETTINGS, withMade, withSettings } from "../../services/engine/src/domain/workflow.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const NOON = at("2026-03-01T12:00:00");
const NAME = { namespace: "default", workflow: "greet" };
const put = (schedules: readonly string[], before?: ReturnType<typeof withSettings>, now = NOON) =>
  withSettings(before, NAME, { ...NO_SETTINGS, schedules }, { now, revision: "r" });

describe("a schedule", () => {
  it("is due at its time, not before", () => {
    const schedule = { cron: "*/5 * * * *", madeUntil: NOON };

    expect(nextDue(schedule)).toBe(at("2026-03-01T12:05:00"));
    expect(dueNow(schedule, at("2026-03-01T12:04:59.999"))).toBeNull();
    expect(dueNow(schedule, at("2026-03-01T12:05:00"))).toBe(at("2026-03-01T12:05:00"));
  });

  it("makes up for its newest missed time only", () => {
    const cases = [
      ["* * * * *", "2027-03-01T12:34:56", "2027-03-01T12:34:00"],
      ["0 0 1 1 *", "2030-06-01T00:00:00", "2030-01-01T00:00:00"],
      ["* * 1 1 *", "2030-06-01T00:00:00", "2030-01-01T23:59:00"],
      ["0 0 29 2 *", "2031-01-01T00:00:00", "2028-02-29T00:00:00"],
    ] as const;

    const newest = cases.map(([cron, now]) => dueNow({ cron, madeUntil: NOON }, at(now)));

    expect(newest).toEqual(cases.map(([, , due]) => at(due)));
  });

  it("is kept with one space between its fields, and refused when it is never due", () => {
    expect(normalCron("  0\t12 *  * MON ", NOON)).toBe("0 12 * * MON");
    expect(() => normalCron("0 0 31 11 *", NOON)).toThrow("is never due");
  });
});

describe("settings", () => {
  it("begin new schedules with their next time, and leave those that stay where they are", () => {
    const first = put(["0 * * * *"]);
    const made = withMade(first, "0 * * * *", at("2026-03-01T13:00:00"), "r2");
    const second = put(["0 * * * *", "30 * * * *"], made, at("2026-03-01T13:10:00"));

    expect(second.schedules).toEqual([
      { cron: "0 * * * *", madeUntil: at("2026-03-01T13:00:00") },
      { cron: "30 * * * *", madeUntil: at("2026-03-01T13:10:00") },
    ]);
    expect(put(["0 * * * *"], put([], second), at("2026-03-02T00:00:30")).schedules).toEqual([
      { cron: "0 * * * *", madeUntil: at("2026-03-02T00:00:30") },
    ]);
  });

  it("name the schedule that is wrong, and why", () => {
    const wrong = [["0 * * * *", "61 * * * *"], ["0 * * *"], ["0 0 31 11 *"], ["0 * * * *", "0  * * * *"]];

    for (const schedules of wrong) {
      const field = `settings.schedules[${schedules.length - 1}]`;
      expect(() => put(schedules)).toThrow(
        expect.objectContaining({ reason: "INVALID_FIELD", metadata: { field } }) as Error,
      );
    }
  });

  it("never go back to a time that is made", () => {
    const made = withMade(put(["0 * * * *"]), "0 * * * *", NOON - 3_600_000, "r2");

    expect(made.schedules).toEqual([{ cron: "0 * * * *", madeUntil: NOON }]);
  });
});
