import { expect, it } from "vitest";
import { CronTriggers } from "../../../cli/src/project/cron-triggers.ts";

const AT = Date.UTC(2026, 10, 5, 10, 30, 15);

function triggers(...expressions: readonly string[]) {
  const clock = { now: AT };
  const fired: string[] = [];
  const crons = new CronTriggers(
    expressions,
    (cron, at) => fired.push(`${cron} at ${new Date(at).toISOString().slice(11, 16)}`),
    () => clock.now,
  );
  return { clock, fired, crons };
}

it("fires each cron trigger when it is due, once, and says when the next one is", () => {
  const { clock, fired, crons } = triggers("*/5 * * * *", "0 11 * * *");
  expect(crons.tick()).toBe(Date.UTC(2026, 10, 5, 10, 35));
  clock.now = Date.UTC(2026, 10, 5, 10, 35);
  expect(crons.tick()).toBe(Date.UTC(2026, 10, 5, 10, 40));
  crons.tick();
  expect(fired).toEqual(["*/5 * * * * at 10:35"]);
  clock.now = Date.UTC(2026, 10, 5, 11, 0, 3);
  crons.tick();
  expect(fired.slice(1)).toEqual(["*/5 * * * * at 10:40", "0 11 * * * at 11:00"]);
});

it("does not fire again when the clock is set back", () => {
  const { clock, fired, crons } = triggers("*/5 * * * *");
  clock.now = Date.UTC(2026, 10, 5, 10, 35);
  crons.tick();
  clock.now = AT;
  crons.tick();
  clock.now = Date.UTC(2026, 10, 5, 10, 35);
  crons.tick();
  expect(fired).toHaveLength(1);
});

it("has no next time without cron triggers, or with one that is never due", () => {
  expect(triggers().crons.tick()).toBeUndefined();
  expect(triggers("0 0 31 11 *").crons.tick()).toBeUndefined();
});
