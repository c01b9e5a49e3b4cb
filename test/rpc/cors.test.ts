import { describe, expect, it } from "vitest";
import { aServer } from "./support/a-server.ts";

const PAGE = "https://console.example";
const PREFLIGHT = {
  origin: PAGE,
  "access-control-request-method": "POST",
  "access-control-request-headers": "connect-protocol-version,content-type",
};

async function preflight(url: string, headers: Record<string, string> = PREFLIGHT) {
  return fetch(`${url}/perdure.v1.WorkflowService/GetInstance`, { method: "OPTIONS", headers });
}

describe("a page of another origin", () => {
  it("may call when its origin is allowed, by Connect and by gRPC-Web", async () => {
    const { url } = await aServer({ origins: ["https://other.example", PAGE] });

    const { status, headers } = await preflight(url);

    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(headers.get("access-control-allow-methods")).toContain("POST");
    expect(headers.get("access-control-allow-headers")?.toLowerCase()).toMatch(/connect-protocol-version.*x-grpc-web/);
  });

  it("may read the answer, and what gRPC-Web says in headers", async () => {
    const { url } = await aServer({ origins: ["*"] });

    const { headers } = await fetch(`${url}/healthz`, { headers: { origin: PAGE } });

    expect(headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(headers.get("access-control-expose-headers")?.toLowerCase()).toContain("grpc-status");
    expect(headers.get("vary")).toBe("origin");
  });

  it.each([[["https://other.example"]], [[]]])("may not when the allowed ones are %j", async (origins) => {
    const { url } = await aServer({ origins });

    const { headers } = await preflight(url);

    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});
