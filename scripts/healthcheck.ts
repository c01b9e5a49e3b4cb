/**
 * Ends with 0 when the engine that PERDURE_LISTEN names (`host:port`) answers `/healthz`, else with 1.
 *
 * Speaks TLS when PERDURE_TLS_CERT is set, to whatever certificate the engine has: it asks for life, not for trust.
 */
import { get as getPlain } from "node:http";
import { get as getTls } from "node:https";

const ANSWER_MS = 2_000;

const address = `${process.env["PERDURE_LISTEN"]}/healthz`;
const options = { timeout: ANSWER_MS };
const request =
  process.env["PERDURE_TLS_CERT"] === undefined
    ? getPlain(`http://${address}`, options)
    : getTls(`https://${address}`, { ...options, rejectUnauthorized: false });

request
  .on("response", ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .on("timeout", () => request.destroy(new Error("no answer")))
  .on("error", () => process.exit(1));
