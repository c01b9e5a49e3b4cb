import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Deployment } from "./support/deployment.ts";
import { documentOf, rowsOf } from "./support/perdure.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start();
});
afterAll(() => deployment[Symbol.asyncDispose]());

const workflows = (...args: readonly string[]) => deployment.run(["workflows", ...args]);

describe("workflows", () => {
  it("put says how one is run, and describe and list show it", async () => {
    const options = ["--step-limit", "50", "--concurrency", "3", "--retention", "2 days", "--schedule", "0 0 1 1 *"];
    expect(await workflows("put", "Yearly", ...options)).toMatchObject({ code: 0, stderr: "" });

    expect(documentOf(await workflows("describe", "Yearly", "--json"))).toMatchObject({
      name: "Yearly",
      settings: {
        stepLimit: 50,
        concurrencyLimit: 3,
        successRetention: "172800s",
        failureRetention: "172800s",
        schedules: ["0 0 1 1 *"],
      },
      nextSchedules: [{ cron: "0 0 1 1 *", dueTime: expect.stringMatching(/^\d{4}-01-01T00:00:00Z$/) }],
      counts: {},
    });
    const { stdout } = await workflows("describe", "Yearly");
    expect(stdout).toMatch(/concurrency +3\n/);
    expect(stdout).toMatch(/schedule +0 0 1 1 \* {2}next \d{4}-/);
    expect(stdout).toMatch(/instances +none\n/);
    expect(rowsOf((await workflows("list")).stdout)).toContainEqual([
      "Yearly",
      "0",
      "0",
      "0",
      "0",
      "3",
      expect.any(String),
    ]);
  });

  it("trigger creates an instance, which counts", async () => {
    expect(await workflows("trigger", "Unserved", '{"n":1}', "--id", "t-1")).toMatchObject({
      code: 0,
      stdout: "Unserved/t-1 is queued\n",
    });
    expect(documentOf(await workflows("trigger", "Unserved", "--json"))).toMatchObject({ params: {} });

    const listed = documentOf(await workflows("list", "--json")) as readonly { name: string; counts: object }[];
    expect(listed.find(({ name }) => name === "Unserved")?.counts).toEqual({ queued: 2 });
  });

  it("delete forgets the settings, and describe says when there is nothing", async () => {
    await workflows("put", "Passing", "--concurrency", "1");
    expect(await workflows("delete", "Passing")).toMatchObject({
      code: 0,
      stdout: "Passing has no settings of its own\n",
    });

    const { code, stderr } = await workflows("describe", "Passing");
    expect(code).toBe(1);
    expect(stderr).toContain("neither settings nor instances");
  });

  it("put refuses a schedule that is none, and says why", async () => {
    const { code, stderr } = await workflows("put", "Wrong", "--schedule", "* * *");
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/schedules\[0\]: .*5 fields/);
  });
});
