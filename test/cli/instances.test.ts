import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Deployment } from "./support/deployment.ts";
import { documentOf, linesOf, rowsOf } from "./support/perdure.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start();
});
afterAll(() => deployment[Symbol.asyncDispose]());

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

describe("instances create", () => {
  it("records an instance and says what it is called", async () => {
    const created = await deployment.instances("create", "Unserved", "--id", "n-1");
    expect(created).toEqual({ code: 0, stdout: "Unserved/n-1 is queued\n", stderr: "" });
  });

  it("gives it a UUID unless an id is given, and {} for params", async () => {
    const created = documentOf(await deployment.instances("create", "Unserved", "--json"));
    expect(created).toEqual({
      namespace: "default",
      workflow: "Unserved",
      instanceId: expect.stringMatching(/^[\da-f-]{36}$/),
      run: 1,
      status: "queued",
      createTime: expect.stringMatching(TIME),
      runStartTime: expect.stringMatching(TIME),
      position: 0,
      params: {},
    });
  });

  it.each([
    ["as JSON", ["--params", '{"n":21}'], ""],
    ["from a file", ["--params", "@test/cli/fixtures/params.json"], ""],
    ["from stdin", ["--params", "-"], '{"n":21}'],
  ])("takes params %s, and waits for the output", async (_, params, stdin) => {
    const ended = await deployment.run(["instances", "create", "Doubling", ...params, "--wait"], { stdin });
    expect(ended).toMatchObject({ code: 0, stdout: '{\n  "doubled": 42\n}\n' });
  });

  it("ends with 1 when the instance that it waits for errors", async () => {
    const { code, stdout, stderr } = await deployment.instances("create", "Failing", "--id", "f-1", "--wait");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("Failing/f-1 is errored  TypeError: out of paint");
    const asJson = await deployment.instances("create", "Failing", "--wait", "--json");
    expect(asJson.code).toBe(1);
    expect(documentOf(asJson)).toMatchObject({
      status: "errored",
      failure: { name: "TypeError", message: "out of \u001b[31mpaint" },
    });
  });

  it("refuses an id that is taken, with the engine's reason for programs", async () => {
    await deployment.create("Unserved", "taken");
    const again = await deployment.instances("create", "Unserved", "--id", "taken");
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toMatch(
      /^perdure: .*"taken" already exists; choose another --id, or none to get a new one\n$/,
    );
    const { stderr } = await deployment.instances("create", "Unserved", "--id", "taken", "--json");
    expect(JSON.parse(stderr)).toEqual({
      error: { reason: "INSTANCE_EXISTS", message: expect.any(String), metadata: expect.any(Object) },
    });
  });
});

describe("instances list", () => {
  beforeAll(async () => {
    for (const id of ["l-1", "l-2", "l-3"]) await deployment.create("Listed", id);
    await (await deployment.client.workflow("Listed").get("l-1")).terminate();
  });

  it("shows the newest first, as a table", async () => {
    const { code, stdout } = await deployment.instances("list", "--workflow", "Listed");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^WORKFLOW +ID +STATUS +CREATED +TOOK\n/);
    expect(rowsOf(stdout).map((cells) => cells.slice(0, 3))).toEqual([
      ["Listed", "l-3", "queued"],
      ["Listed", "l-2", "queued"],
      ["Listed", "l-1", "terminated"],
    ]);
  });

  it("filters by status, one or several", async () => {
    const idsOf = async (...statuses: readonly string[]): Promise<unknown[]> => {
      const listed = await deployment.instances("list", "--workflow", "Listed", "--json", "--status", ...statuses);
      return (documentOf(listed) as readonly { instanceId: string }[]).map(({ instanceId }) => instanceId);
    };
    expect(await idsOf("terminated")).toEqual(["l-1"]);
    expect(await idsOf("queued")).toEqual(["l-3", "l-2"]);
    expect(await idsOf("queued", "terminated")).toEqual(["l-3", "l-2", "l-1"]);
  });

  it("shows as many as asked for, and says when there are more", async () => {
    const { stdout, stderr } = await deployment.instances("list", "--workflow", "Listed", "--limit", "2");
    expect(rowsOf(stdout)).toHaveLength(2);
    expect(stderr).toBe("there are more; --limit shows them\n");
  });

  it("is an empty array for programs when nothing fits, and a word for people", async () => {
    expect(documentOf(await deployment.instances("list", "--workflow", "none", "--json"))).toEqual([]);
    expect(await deployment.instances("list", "--workflow", "none")).toEqual({
      code: 0,
      stdout: "",
      stderr: "no instance fits\n",
    });
  });

  it("keeps to its namespace", async () => {
    await deployment.instances("create", "Listed", "--id", "apart", "--namespace", "other");
    const listed = await deployment.run(["instances", "list", "--json"], { env: { PERDURE_NAMESPACE: "other" } });
    expect(documentOf(listed)).toMatchObject([{ namespace: "other", instanceId: "apart" }]);
  });
});

describe("instances describe", () => {
  it("shows each step with its attempts, and when the next one is due", async () => {
    await deployment.create("Flaky", "d-1");
    await deployment.becomes("Flaky", "d-1", "WAITING");
    const document = documentOf(await deployment.instances("describe", "Flaky", "d-1", "--json"));
    expect((document as { steps: unknown }).steps).toEqual([
      {
        kind: "do",
        name: "call the bank",
        count: 1,
        status: "backingOff",
        attempts: 1,
        startTime: expect.stringMatching(TIME),
        retryTime: expect.stringMatching(TIME),
        failure: { name: "RangeError", message: "closed" },
      },
    ]);
    const { stdout } = await deployment.instances("describe", "Flaky", "latest");
    expect(stdout).toMatch(/^Flaky\/d-1 {2}waiting\n/);
    expect(stdout).toMatch(
      /^call the bank +backingOff +1 +.* next attempt .*, in (1 h|59 min.*); RangeError: closed$/m,
    );
  });

  it("shows what an instance waits for", async () => {
    await deployment.create("Approval", "d-2");
    await deployment.becomes("Approval", "d-2", "WAITING");
    const { stdout } = await deployment.instances("describe", "Approval", "d-2");
    expect(stdout).toMatch(/^prepare +complete +1 .*"ready"$/m);
    expect(stdout).toMatch(/^await approval +waiting .*for the event "approved", until .*, in (1 d|23 h 59 min)$/m);
  });

  it("shows params and output, values without a form in JSON by what they are", async () => {
    await deployment.create("Rich", "d-3", { of: "all" });
    await deployment.becomes("Rich", "d-3", "COMPLETE");
    const document = documentOf(await deployment.instances("describe", "Rich", "d-3", "--json"));
    expect(document).toMatchObject({
      status: "complete",
      params: { of: "all" },
      output: {
        at: "1970-01-01T00:00:00.000Z",
        bytes: "[Uint8Array(3 bytes)]",
        many: "[BigInt(100000000000000000000)]",
      },
      steps: [{ name: "make bytes", output: "[Uint8Array(3 bytes)]" }],
    });
    const { stdout } = await deployment.instances("describe", "Rich", "d-3");
    expect(stdout).toContain('params\n{\n  "of": "all"\n}');
    expect(stdout).toContain('"bytes": "[Uint8Array(3 bytes)]"');
  });

  it("shows why an instance errored, without steering the terminal", async () => {
    await deployment.create("Failing", "d-4");
    await deployment.becomes("Failing", "d-4", "ERRORED");
    const { stdout } = await deployment.instances("describe", "Failing", "d-4");
    expect(stdout).toContain("error\nTypeError: out of paint");
    expect(stdout).toMatch(/^boom +failed +1 .*TypeError: out of paint$/m);
    expect(stdout).not.toContain("\u001b");
  });

  it("says that there is no such instance", async () => {
    const { code, stderr } = await deployment.instances("describe", "Flaky", "nobody");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^perdure: no instance "nobody" of workflow "Flaky"; `perdure instances list` shows/);
    const latest = await deployment.instances("describe", "Nothing", "latest", "--json");
    expect(latest.code).toBe(1);
    expect(JSON.parse(latest.stderr)).toMatchObject({ error: { reason: "INSTANCE_NOT_FOUND" } });
  });
});

describe("instances send-event", () => {
  it("gives a waiting instance its event, from which it goes on", async () => {
    await deployment.create("Approval", "e-1");
    const sent = await deployment.instances(
      "send-event",
      "Approval",
      "latest",
      "--type",
      "approved",
      "--payload",
      `{"by":"Ada"}`,
    );
    expect(sent).toEqual({ code: 0, stdout: 'Approval/e-1 has the event "approved"\n', stderr: "" });
    await deployment.becomes("Approval", "e-1", "COMPLETE");
    const instance = await deployment.client.workflow("Approval").get("e-1");
    expect(await instance.result()).toEqual({ by: "Ada" });
  });

  it("tells programs when it was accepted, and of a finished instance that it is refused", async () => {
    const send = ["send-event", "Approval", "e-2", "--type", "approved", "--json"];
    await deployment.create("Approval", "e-2");
    expect(documentOf(await deployment.instances(...send))).toEqual({
      workflow: "Approval",
      instanceId: "e-2",
      type: "approved",
      acceptTime: expect.stringMatching(TIME),
    });
    await deployment.becomes("Approval", "e-2", "COMPLETE");
    const late = await deployment.instances(...send);
    expect(late.code).toBe(1);
    expect(JSON.parse(late.stderr)).toMatchObject({ error: { reason: "INVALID_TRANSITION" } });
  });
});

describe("steering an instance", () => {
  it("terminates it with a rollback, shows what was undone, and hides what is sensitive", async () => {
    await deployment.create("Booking", "b-1");
    await deployment.becomes("Booking", "b-1", "WAITING");
    const terminated = await deployment.instances("terminate", "Booking", "b-1", "--rollback");
    expect(terminated).toMatchObject({ code: 0, stdout: "Booking/b-1 is queued\n" });
    await deployment.becomes("Booking", "b-1", "TERMINATED");

    const { stdout } = await deployment.instances("describe", "Booking", "b-1");
    expect(stdout).toMatch(/rollback +complete/);
    expect(rowsOf(stdout.slice(stdout.indexOf("STEP"))).map((cells) => cells.slice(0, 3))).toEqual([
      ["book", "complete", "1"],
      ["rest", "abandoned", expect.any(String)],
      ["undo book", "complete", "1"],
    ]);
    const watched = await deployment.instances("watch", "Booking", "b-1");
    expect(watched.stdout).toMatch(/rolls back 1 step[^]*undo book[^]*rolled back/);
    expect(stdout + watched.stdout).toContain("[REDACTED]");
    expect(stdout + watched.stdout).not.toContain("secret");
  });

  it("pauses, resumes, terminates and restarts it", async () => {
    await deployment.create("Resting", "s-1");
    await deployment.becomes("Resting", "s-1", "WAITING");
    const said = async (verb: string): Promise<string> => (await deployment.instances(verb, "Resting", "s-1")).stdout;
    expect(await said("pause")).toBe("Resting/s-1 is paused\n");
    expect((await deployment.instances("describe", "Resting", "s-1")).stdout).toMatch(/^paused +\d{4}-/m);
    expect(await said("resume")).toMatch(/^Resting\/s-1 is (waiting|queued|running)\n$/);
    expect(await said("terminate")).toBe("Resting/s-1 is terminated\n");
    expect((await deployment.instances("describe", "Resting", "s-1")).stdout).toMatch(/^rest +abandoned/m);
    expect(await said("restart")).toMatch(/^Resting\/s-1 is (queued|running)\n$/);
    expect(await deployment.client.instances.get("Resting", "s-1")).toMatchObject({ run: 2 });
  });

  it("is refused where the instance is finished", async () => {
    await deployment.create("Unserved", "s-2");
    expect(documentOf(await deployment.instances("terminate", "Unserved", "s-2", "--json"))).toMatchObject({
      status: "terminated",
    });
    const again = await deployment.instances("terminate", "Unserved", "s-2");
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toMatch(/cannot terminate an instance that is terminated; `perdure instances describe`/);
  });
});

describe("instances watch", () => {
  it("shows what happens, a line each, until the instance completes", async () => {
    await deployment.create("Approval", "w-1");
    const watching = deployment.instances("watch", "Approval", "w-1");
    await deployment.becomes("Approval", "w-1", "WAITING");
    const instance = await deployment.client.workflow("Approval").get("w-1");
    await instance.sendEvent({ type: "approved", payload: 7 });
    const { code, stdout } = await watching;
    expect(code).toBe(0);
    const lines = stdout.split("\n").map((line) => line.replace(/^[\d:.]+ +/, "").replaceAll(/ {2,}/g, " | "));
    expect(lines).toEqual([
      expect.stringMatching(/^prepare \| complete in \d+ ms → "ready"$/),
      'await approval | waits for the event "approved", at most 1 d',
      'event "approved" accepted',
      "await approval | has its event → 7",
      "complete → 7",
      "",
    ]);
  });

  it("is a document a line for programs, and ends with 1 for an instance that does not complete", async () => {
    await deployment.create("Failing", "w-2");
    const watched = await deployment.instances("watch", "Failing", "w-2", "--json");
    expect(watched.code).toBe(1);
    const entries = linesOf(watched) as readonly Record<string, unknown>[];
    expect(entries.at(-1)).toEqual({
      run: 1,
      position: expect.any(Number),
      time: expect.stringMatching(TIME),
      status: "errored",
      entry: "instanceFailed",
      failure: { name: "TypeError", message: "out of \u001b[31mpaint" },
    });
    expect(entries.map(({ entry }) => entry)).toContain("stepFailed");
  });

  it("follows a restart into the next run", async () => {
    await deployment.create("Approval", "w-3");
    await deployment.becomes("Approval", "w-3", "WAITING");
    const watching = deployment.instances("watch", "Approval", "w-3", "--json");
    const instance = await deployment.client.workflow("Approval").get("w-3");
    await instance.restart();
    await instance.sendEvent({ type: "approved" });
    const watched = await watching;
    expect(watched.code).toBe(0);
    expect(linesOf(watched).at(-1)).toMatchObject({ run: 2, entry: "instanceCompleted" });
  });
});

describe("instances restart --from-step-name", () => {
  it("begins the next run at a step", async () => {
    const instance = await deployment.client.workflow("Approval").create({ id: "from-1" });
    await deployment.becomes("Approval", "from-1", "WAITING");
    const at = ["--from-step-name", "await approval", "--from-step-type", "waitForEvent", "--from-step-count", "1"];
    expect(documentOf(await deployment.instances("restart", "Approval", "latest", ...at, "--json"))).toMatchObject({
      instanceId: "from-1",
      run: 2,
    });
    await instance.sendEvent({ type: "approved", payload: "yes" });
    expect(await instance.waitForEnd()).toMatchObject({ status: "complete", output: "yes" });
    const described = documentOf(await deployment.instances("describe", "Approval", "from-1", "--json"));
    expect(described).toMatchObject({
      run: 2,
      steps: [
        { name: "prepare", status: "complete" },
        { name: "await approval", status: "complete" },
      ],
    });
  });

  it("is refused for a step that has not started, and without its name", async () => {
    await deployment.create("Unserved", "from-2");
    const unknown = await deployment.instances("restart", "Unserved", "from-2", "--from-step-name", "x");
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toContain('perdure: Step "x" not found in execution history');
    expect(await deployment.instances("restart", "Unserved", "from-2", "--from-step-count", "2")).toMatchObject({
      code: 2,
      stderr: "perdure: --from-step-count and --from-step-type need --from-step-name\n",
    });
  });
});

describe("instances delete", () => {
  it("removes those that are named, and says which were not there", async () => {
    for (const id of ["d-1", "d-2"]) await deployment.create("Unserved", id);
    const { code, stdout, stderr } = await deployment.instances("delete", "Unserved", "d-1", "gone", "latest");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "Unserved/d-1 is deleted\nUnserved/d-2 is deleted\n" });
    expect(stderr).toMatch(/^perdure: .*"gone".*\n$/);
    expect(await deployment.instances("describe", "Unserved", "d-1")).toMatchObject({ code: 1, stdout: "" });
  });

  it.each([
    ["one id a line", "f-1\nf-2\n\n"],
    ["a JSON list", '["f-1", "f-2"]'],
  ])("takes ids from a file: %s", async (_, stdin) => {
    for (const id of ["f-1", "f-2"]) await deployment.create("Unserved", id);
    const deleted = await deployment.run(["instances", "delete", "Unserved", "--filename", "-", "--json"], { stdin });
    expect(documentOf(deleted)).toEqual({ deleted: ["f-1", "f-2"], errors: [] });
    expect(deleted.code).toBe(0);
  });

  it("wants ids", async () => {
    expect(await deployment.instances("delete", "Unserved")).toMatchObject({ code: 2 });
    const wrong = ["instances", "delete", "Unserved", "--filename", "-"];
    expect(await deployment.run(wrong, { stdin: "[1]" })).toMatchObject({ code: 2 });
  });
});

describe("instances terminate-all", () => {
  it("ends those of the statuses that are given, when it is told to", async () => {
    for (const id of ["t-1", "t-2", "t-3"]) await deployment.create("AllOf", id);
    await (await deployment.client.workflow("AllOf").get("t-2")).pause();
    const unconfirmed = await deployment.instances("terminate-all", "AllOf");
    expect(unconfirmed).toMatchObject({ code: 2, stdout: "" });
    expect(unconfirmed.stderr).toBe('perdure: Terminate 3 of "AllOf"? Give --yes.\n');

    const paused = await deployment.instances("terminate-all", "AllOf", "--status", "paused", "--yes", "--json");
    expect(documentOf(paused)).toEqual({ terminated: ["t-2"] });
    expect(await deployment.instances("terminate-all", "AllOf", "--yes")).toEqual({
      code: 0,
      stdout: "2 instances terminated\n",
      stderr: "",
    });
    expect(rowsOf((await deployment.instances("list", "--workflow", "AllOf")).stdout).map((row) => row[2])).toEqual([
      "terminated",
      "terminated",
      "terminated",
    ]);
  });
});
