import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leaseTokenText, parseLeaseToken } from "../../services/engine/src/rpc/lease-token.ts";
import { pageTokenText, parsePageToken } from "../../services/engine/src/rpc/page-token.ts";

const count = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const uid = fc.oneof(fc.uuid(), fc.string({ minLength: 1 }));
const refusal = (field: string) => expect.objectContaining({ reason: "INVALID_FIELD", metadata: { field } });

describe("the token of a lease", () => {
  it("comes back as what it was made of", () => {
    fc.assert(
      fc.property(fc.record({ uid, run: count, epoch: count }), (lease) => {
        expect(parseLeaseToken(leaseTokenText(lease), "lease.token")).toEqual(lease);
      }),
    );
  });

  it("fits the contract's 128 characters", () => {
    const largest = { uid: crypto.randomUUID(), run: 2 ** 32 - 1, epoch: 2 ** 32 - 1 };

    expect(leaseTokenText(largest).length).toBeLessThanOrEqual(128);
  });

  it("is refused when no engine wrote it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(() => parseLeaseToken(text, "lease.token")).toThrowError(refusal("lease.token"));
      }),
    );
  });

  it.each(["0.1.uid", "1.0.uid", "1.1.", "01.1.uid", "1.99999999999.uid", "1.-1.uid", "1.1"])(
    "is refused when it says %j",
    (inside) => {
      const text = Buffer.from(inside).toString("base64url");

      expect(() => parseLeaseToken(text, "lease.token")).toThrowError(refusal("lease.token"));
    },
  );

  it("is refused with anything added that decoding would drop", () => {
    const text = leaseTokenText({ uid: "u", run: 1, epoch: 1 });

    expect(() => parseLeaseToken(`${text}==`, "lease.token")).toThrowError(refusal("lease.token"));
  });
});

describe("the token of a page", () => {
  it("comes back as where the page ended", () => {
    fc.assert(
      fc.property(fc.record({ createdAt: fc.nat({ max: 2 ** 50 }), uid }), (end) => {
        expect(parsePageToken(pageTokenText(end))).toEqual(end);
      }),
    );
  });

  it("is none for the first page", () => {
    expect(parsePageToken("")).toBeNull();
  });

  it("is refused when no list gave it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(() => parsePageToken(text)).toThrowError(refusal("page_token"));
      }),
    );
  });
});
