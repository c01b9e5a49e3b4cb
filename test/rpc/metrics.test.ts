import { describe, expect, it } from "vitest";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_STEP_CONFIG } from "../../services/engine/src/domain/retry.ts";
import { anEngine, clientsOf, http2Transport, post } from "./support/an-engine.ts";
import { runAStory } from "./support/a-story.ts";

const PAGE = join(import.meta.dirname, "../../docs/metrics.md");

/** The samples of a page by their text: `perdure_polls_held` or `perdure_instances{namespace="default",…}`. */
async function scrape(url: string) {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const samples = new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
  return { response, text, samples };
}

const GREET = 'namespace="default",workflow="greet"';

describe("/metrics", () => {
  it("is OpenMetrics text that says where it ends", async () => {
    const { url } = await anEngine();

    const { response, text } = await scrape(url);

    expect(response.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    expect(text).toMatch(/\n# EOF\n$/);
    expect(text).toContain("nodejs_eventloop_lag_seconds");
    expect(text).toContain("process_resident_memory_bytes");
  });

  it("counts an instance from its creation to its end, and the calls that were made", async () => {
    const { url } = await anEngine();
    await runAStory(http2Transport(url));

    const { samples } = await scrape(url);

    expect(samples.get(`perdure_instances_created_total{${GREET}}`)).toBe(1);
    expect(samples.get(`perdure_instances{${GREET},status="complete"}`)).toBe(1);
    expect(samples.get(`perdure_instance_run_seconds_count{${GREET},status="complete"}`)).toBe(1);
    expect(samples.get(`perdure_instance_queue_seconds_count{${GREET}}`)).toBe(1);
    expect(samples.get('perdure_records_total{cause="worker"}')).toBe(1);
    expect(samples.get('perdure_records_total{cause="engine"}')).toBe(1);
    expect(samples.get('perdure_store_seconds_count{operation="append",outcome="ok"}')).toBe(2);
    expect(samples.get('perdure_store_seconds_count{operation="create",outcome="exists"}')).toBe(1);
    const calls = 'perdure_rpc_seconds_count{service="perdure.v1.WorkflowService",method=';
    expect(samples.get(`${calls}"CreateInstance",code="ok"}`)).toBe(1);
    expect(samples.get(`${calls}"CreateInstance",code="already_exists"}`)).toBe(1);
    expect(samples.get(`${calls}"WatchInstance",code="ok"}`)).toBe(1);
    expect(samples.get("perdure_polls_held")).toBe(0);
  });

  it("counts attempts and steps by what they came to", async () => {
    const { url } = await anEngine();
    const { workflows, workers } = clientsOf(http2Transport(url));
    const session = "session-of-a-test";
    await workflows.createInstance({ workflow: "greet", instance: { instanceId: "a" } });
    const { tasks } = await workers.pollTasks({ session, workflows: ["greet"], slots: 1 });
    const lease = tasks[0]!.lease!;
    const key = { kind: 1, name: "charge", count: 1 };
    const config = { retryLimit: DEFAULT_STEP_CONFIG.retryLimit };
    const failure = { name: "Error", message: "no" };
    const commit = (sequence: number, operations: object[]) =>
      workers.commitTasks({ session, commits: [{ lease, sequence, operations }] });
    await commit(1, [{ operation: { case: "startStep", value: { key, attempt: 1, config } } }]);
    const { results } = await commit(2, [
      { operation: { case: "failStep", value: { key, attempt: 1, failure, final: true } } },
    ]);
    expect(results).toMatchObject([{ outcome: { case: "accepted" } }]);

    const { samples } = await scrape(url);

    const labels = `{${GREET},kind="do",outcome="failed"}`;
    expect(samples.get(`perdure_attempt_seconds_count${labels}`)).toBe(1);
    expect(samples.get(`perdure_step_seconds_count${labels}`)).toBe(1);
  });

  it("gives names of their own to the first workflows only: callers choose names", async () => {
    const { url } = await anEngine();
    for (let number = 0; number < 210; number += 1) {
      await post(url, "WorkflowService/CreateInstance", { workflow: `w${number}` });
    }

    const { samples } = await scrape(url);

    const created = [...samples.keys()].filter((line) => line.startsWith("perdure_instances_created_total"));
    expect(created).toHaveLength(201);
    expect(samples.get('perdure_instances_created_total{namespace="other",workflow="other"}')).toBe(10);
  });

  it("has each of our metrics on the page that explains them", async () => {
    const { url } = await anEngine();
    const { text } = await scrape(url);
    const page = await readFile(PAGE, "utf8");

    const ours = [...text.matchAll(/^# TYPE (perdure_\w+)/gm)].map(([, name]) => name!);

    expect(ours.length).toBeGreaterThan(5);
    for (const name of ours) expect(page).toContain(`\`${name}`);
  });
});
