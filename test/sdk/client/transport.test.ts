import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { ErrorInfoSchema } from "../../../sdk/typescript/gen/google/rpc/error_details_pb.ts";
import { isTransient, reasonOf } from "../../../sdk/typescript/src/transport-errors.ts";
import { backoffMs, retrying } from "../../../sdk/typescript/src/transport-retry.ts";
import { freePort } from "../../support/free-port.ts";
import { createClient } from "../../../sdk/typescript/src/client.ts";

const refused = (code: Code, reason: string): ConnectError =>
  new ConnectError("no", code, {}, [{ desc: ErrorInfoSchema, value: { reason, domain: "perdure" } }]);

const GONE = new ConnectError("gone", Code.Unavailable);

describe("an error of a call", () => {
  it.each([
    ["the engine is not there", GONE, true],
    [
      "the connection dropped",
      new ConnectError("http/2 stream closed with error code CANCEL (0x8)", Code.Canceled),
      true,
    ],
    ["the connection was reset", new ConnectError("read ECONNRESET", Code.Aborted), true],
    ["it took too long", new ConnectError("the operation timed out", Code.DeadlineExceeded), true],
    ["the store is away", refused(Code.Unavailable, "STORE_UNAVAILABLE"), true],
    ["the replica is leaving", refused(Code.Unavailable, "SHUTTING_DOWN"), true],
    ["the session is over", refused(Code.Aborted, "SESSION_LOST"), false],
    ["the lease is over", refused(Code.Aborted, "LEASE_LOST"), false],
    ["a field is wrong", refused(Code.InvalidArgument, "INVALID_FIELD"), false],
    ["a proxy says no", new ConnectError("forbidden", Code.PermissionDenied), false],
    ["it is a bug of the caller", new TypeError("x is not a function"), false],
  ])("may pass by itself: %s", (_what, error, transient) => {
    expect(isTransient(error)).toBe(transient);
  });

  it("does not pass when the caller has given up", () => {
    expect(isTransient(GONE, AbortSignal.abort())).toBe(false);
  });

  it("has the engine's reason, if it is the engine's", () => {
    expect(reasonOf(refused(Code.NotFound, "INSTANCE_NOT_FOUND"))).toBe("INSTANCE_NOT_FOUND");
    expect(reasonOf(GONE)).toBeUndefined();
  });
});

describe("a call that is made again", () => {
  it("ends with its first success", async () => {
    const call = vi.fn<() => Promise<number>>().mockRejectedValueOnce(GONE).mockResolvedValue(7);

    expect(await retrying(call)).toBe(7);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it("ends with the last failure when its attempts are used up, and at once with a refusal", async () => {
    const failing = vi.fn<() => Promise<never>>(() => Promise.reject(GONE));
    await expect(retrying(failing, { attempts: 3 })).rejects.toBe(GONE);
    expect(failing).toHaveBeenCalledTimes(3);

    const refusal = refused(Code.NotFound, "INSTANCE_NOT_FOUND");
    const refusing = vi.fn<() => Promise<never>>(() => Promise.reject(refusal));
    await expect(retrying(refusing, { attempts: 3 })).rejects.toBe(refusal);
    expect(refusing).toHaveBeenCalledTimes(1);
  });

  it("waits longer each time, with jitter, and never longer than five seconds", () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(1);
    try {
      expect([1, 2, 3, 7, 1_000].map(backoffMs)).toEqual([100, 200, 400, 5_000, 5_000]);
      random.mockReturnValue(0);
      expect(backoffMs(5)).toBe(0);
    } finally {
      random.mockRestore();
    }
  });
});

describe("a call to an address where nothing listens", () => {
  it("can be ended by its caller while it is made again", async () => {
    const client = createClient({ engine: `http://127.0.0.1:${await freePort()}` });
    const stop = new AbortController();
    const call = retrying(() => client.instances.get("w", "i"), { signal: stop.signal });
    stop.abort(new Error("enough"));

    await expect(call).rejects.toThrow("enough");
    client.close();
  });
});
