import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { TaskCommitSchema } from "perdure/proto/perdure/v1/task_pb";
import { type CommitTasksRequestSchema, CommitTasksResponseSchema } from "perdure/proto/perdure/v1/worker_service_pb";
import { onTestFinished, describe, expect, it } from "vitest";
import { ErrorInfoSchema } from "../../../sdk/typescript/gen/google/rpc/error_details_pb.ts";
import { Reporter } from "../../../sdk/typescript/src/worker/reporter.ts";
import { SILENT } from "./support/memory-engine.ts";

type Request = MessageInitShape<typeof CommitTasksRequestSchema>;

const refusal = (code: Code, reason: string): ConnectError =>
  new ConnectError("no", code, {}, [{ desc: ErrorInfoSchema, value: { reason, domain: "perdure" } }]);

/** The engine's side of the calls: a test answers each as it likes. */
class Calls {
  readonly made: { readonly sequences: number[]; answer(): void; refuse(error: ConnectError): void }[] = [];
  #waiting: (() => void)[] = [];

  readonly client = {
    commitTasks: (request: Request) => {
      const sequences = (request.commits ?? []).map(({ sequence }) => sequence ?? 0);
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const results = sequences.map((position) => ({ outcome: { case: "accepted" as const, value: { position } } }));
      this.made.push({
        sequences,
        answer: () => resolve(create(CommitTasksResponseSchema, { results })),
        refuse: reject,
      });
      for (const wake of this.#waiting.splice(0)) wake();
      return promise;
    },
  } as unknown as ConstructorParameters<typeof Reporter>[0];

  /** Waits for the nth call, from 0. */
  async call(n: number) {
    while (this.made.length <= n) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.made[n]!;
  }
}

function aReporter() {
  const calls = new Calls();
  const reporter = new Reporter(calls.client, "session-1", SILENT);
  onTestFinished(() => reporter.close());
  const report = (sequence: number, bytes = 100, signal = new AbortController().signal) =>
    reporter.report({ commit: create(TaskCommitSchema, { sequence }), bytes, signal });
  return { calls, report };
}

const positionOf = async (outcome: ReturnType<Reporter["report"]>) => {
  const { case: kind, value } = await outcome;
  return kind === "accepted" ? value.position : value;
};

describe("reports", () => {
  it("of one turn go in one call, and each gets its own outcome", async () => {
    const { calls, report } = aReporter();
    const outcomes = [1, 2, 3].map((sequence) => report(sequence));
    (await calls.call(0)).answer();

    expect(calls.made[0]!.sequences).toEqual([1, 2, 3]);
    expect(await Promise.all(outcomes.map(positionOf))).toEqual([1, 2, 3]);
  });

  it("wait while two calls are under way, and all that waits goes when one returns", async () => {
    const { calls, report } = aReporter();
    void report(1);
    const first = await calls.call(0);
    void report(2);
    await calls.call(1);
    const waiting = [3, 4, 5].map((sequence) => report(sequence));
    first.answer();
    (await calls.call(2)).answer();

    expect(calls.made.map(({ sequences }) => sequences)).toEqual([[1], [2], [3, 4, 5]]);
    expect(await Promise.all(waiting.map(positionOf))).toEqual([3, 4, 5]);
  });

  it.each([
    ["the engine is away", new ConnectError("gone", Code.Unavailable)],
    ["the engine is overloaded", refusal(Code.ResourceExhausted, "LIMIT_EXCEEDED")],
    ["a proxy wants a password", new ConnectError("who are you", Code.Unauthenticated)],
  ])("are sent again as they were when %s", async (_what, error) => {
    const { calls, report } = aReporter();
    const outcome = report(1);
    (await calls.call(0)).refuse(error);
    const other = report(2);
    (await calls.call(1)).answer();
    (await calls.call(2)).answer();

    expect(calls.made[0]!.sequences).toEqual([1]);
    expect(new Set(calls.made.slice(1).flatMap(({ sequences }) => sequences))).toEqual(new Set([1, 2]));
    expect([await positionOf(outcome), await positionOf(other)]).toEqual([1, 2]);
  });

  it("that are refused as a whole are sent one by one, so that only what is wrong is refused", async () => {
    const { calls, report } = aReporter();
    const outcomes = [1, 2].map((sequence) => report(sequence));
    (await calls.call(0)).refuse(refusal(Code.InvalidArgument, "INVALID_FIELD"));
    const [one, two] = [await calls.call(1), await calls.call(2)];
    one.answer();
    two.refuse(refusal(Code.InvalidArgument, "INVALID_FIELD"));

    expect([one.sequences, two.sequences]).toEqual([[1], [2]]);
    expect(await positionOf(outcomes[0]!)).toBe(1);
    expect(await positionOf(outcomes[1]!)).toMatchObject({ reason: "INVALID_FIELD", message: "no" });
  });

  it("of a lost session are refused as LEASE_LOST", async () => {
    const { calls, report } = aReporter();
    const outcome = report(1);
    (await calls.call(0)).refuse(refusal(Code.Aborted, "SESSION_LOST"));

    expect(await positionOf(outcome)).toMatchObject({ reason: "LEASE_LOST" });
  });

  it("that nobody waits for any more are not sent", async () => {
    const { calls, report } = aReporter();
    void report(1);
    const first = await calls.call(0);
    void report(2);
    const second = await calls.call(1);
    const dropped = new AbortController();
    void report(3, 100, dropped.signal);
    void report(4);
    dropped.abort();
    first.answer();
    second.answer();

    expect((await calls.call(2)).sequences).toEqual([4]);
  });

  it("above 12 MiB together go in several calls", async () => {
    const { calls, report } = aReporter();
    for (const sequence of [1, 2, 3]) void report(sequence, 5 * 1_048_576);
    await calls.call(1);

    expect(calls.made.map(({ sequences }) => sequences)).toEqual([[1, 2], [3]]);
  });
});
