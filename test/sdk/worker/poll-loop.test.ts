import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { type PollTasksResponse, PollTasksResponseSchema } from "perdure/proto/perdure/v1/worker_service_pb";
import { describe, expect, it, onTestFinished } from "vitest";
import { ErrorInfoSchema } from "../../../sdk/typescript/gen/google/rpc/error_details_pb.ts";
import { PollLoop } from "../../../sdk/typescript/src/worker/poll-loop.ts";
import { SILENT } from "./support/memory-engine.ts";

/** A loop whose polls a test answers. */
function aLoop(slots: number) {
  const polls: { readonly slots: number; answer(tasks: number): void; refuse(error: ConnectError): void }[] = [];
  const waiting: (() => void)[] = [];
  let held = 0;
  let lost = 0;
  const client = {
    pollTasks: (request: { readonly slots: number }, { signal }: { readonly signal: AbortSignal }) => {
      const { promise, resolve, reject } = Promise.withResolvers<PollTasksResponse>();
      signal.addEventListener("abort", () => reject(new ConnectError("aborted", Code.Canceled)));
      const answer = (tasks: number): void =>
        resolve(create(PollTasksResponseSchema, { tasks: Array.from({ length: tasks }, () => ({})) }));
      polls.push({ slots: request.slots, answer, refuse: reject });
      for (const wake of waiting.splice(0)) wake();
      return promise;
    },
  } as unknown as ConstructorParameters<typeof PollLoop>[0]["client"];
  const loop = new PollLoop({
    client,
    poller: { session: "session-1", workerName: undefined, namespace: undefined, workflows: ["w"] },
    freeSlots: () => slots - held,
    onAnswer: ({ tasks }) => void (held += tasks.length),
    onSessionLost: () => void (lost += 1),
    log: SILENT,
  });
  onTestFinished(() => loop.stop());
  return {
    loop,
    polls,
    /** Waits for the nth poll, from 0. */
    poll: async (n: number) => {
      while (polls.length <= n) await new Promise<void>((resolve) => waiting.push(resolve));
      return polls[n]!;
    },
    free: (n: number) => {
      held -= n;
      loop.fill();
    },
    lost: () => lost,
  };
}

describe("the poll loop", () => {
  it("shares its free slots between two polls", () => {
    const { loop, polls } = aLoop(100);
    loop.fill();

    expect(polls.map(({ slots }) => slots)).toEqual([50, 50]);
  });

  it("never asks for more than is free, and keeps one poll for notices when nothing is", async () => {
    const { loop, polls, poll } = aLoop(3);
    loop.fill();
    polls[0]!.answer(2);
    polls[1]!.answer(1);
    const third = await poll(2);

    expect(polls.map(({ slots }) => slots)).toEqual([2, 1, 0]);
    expect(third.slots).toBe(0);
  });

  it("asks for slots as soon as they become free", async () => {
    const { loop, polls, poll, free } = aLoop(1);
    loop.fill();
    polls[0]!.answer(1);
    await poll(1);
    free(1);

    expect((await poll(2)).slots).toBe(1);
  });

  it("polls again after a failure", async () => {
    const { loop, polls, poll } = aLoop(1);
    loop.fill();
    polls[0]!.refuse(new ConnectError("http/2 stream closed with error code CANCEL (0x8)", Code.Canceled));

    expect((await poll(1)).slots).toBe(1);
  });

  it("ends when the session is lost, and says so once", async () => {
    const { loop, polls, lost } = aLoop(2);
    loop.fill();
    const gone = new ConnectError("gone", Code.Aborted, {}, [
      { desc: ErrorInfoSchema, value: { reason: "SESSION_LOST", domain: "perdure" } },
    ]);
    for (const poll of polls) poll.refuse(gone);
    await new Promise((resolve) => setImmediate(resolve));

    expect([lost(), polls.length]).toEqual([1, 2]);
  });
});
