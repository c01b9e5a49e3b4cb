import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Deployment } from "./support/deployment.ts";
import { start } from "./support/perdure.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start();
});
afterAll(() => deployment[Symbol.asyncDispose]());

describe("workflows watch", () => {
  it("prints each turn as an event of Cloudflare's queues, from when it says that it watches", async () => {
    const only = ["--type", "queued", "--type", "terminated"];
    const env = { PERDURE_ENGINE: deployment.url };
    await using watch = start(["workflows", "watch", "Unserved", ...only, "--json"], env);
    await watch.printed(/watching\n/);

    await deployment.create("Unserved", "w-1");
    await deployment.run(["instances", "terminate", "Unserved", "w-1"]);

    await watch.printed(/terminated.*\n/);
    const lines = watch.output.split("\n").filter((line) => line.startsWith("{"));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      ["queued", "terminated"].map((turn) => ({
        type: `cf.workflows.workflow.instance.${turn}`,
        source: { type: "workflows.workflow", workflowName: "Unserved" },
        payload: { versionId: "current", instanceId: "w-1" },
        metadata: {
          accountId: "default",
          eventSchemaVersion: 1,
          eventTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        },
      })),
    );
  });
});
