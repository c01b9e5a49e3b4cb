import { afterEach, describe, expect, it, vi } from "vitest";
import { engineCommand } from "../../services/engine/src/platform/command.ts";
import { DEFAULT_CONFIG, type EngineConfig } from "../../services/engine/src/platform/config.ts";
import { engineOptions } from "../../services/engine/src/platform/options.ts";

afterEach(() => vi.unstubAllEnvs());

/** What a command line is understood as; or the sentence that it is refused with. */
async function configOf(...args: readonly string[]): Promise<EngineConfig> {
  const configs: EngineConfig[] = [];
  const command = engineCommand("engine", async (config) => void configs.push(config)).exitOverride();
  command.configureOutput({ writeErr() {}, writeOut() {} });
  await command.parseAsync(args, { from: "user" });
  return configs[0]!;
}

describe("an engine's command line", () => {
  it("means the defaults when it says nothing", async () => {
    expect(await configOf()).toEqual(DEFAULT_CONFIG);
  });

  it("says everything that can be configured", async () => {
    const line =
      "--listen [::1]:8080 --store memory: --lease 60000 --retention 172800000 --retention-failed 2592000000 " +
      "--step-limit 500 --max-polls 10 --max-running 20 --max-queued 30 --creations-per-second 40 " +
      "--creations-per-second-per-workflow 5 --tls-cert a.pem --tls-key b.pem --drain-grace 1500 " +
      "--allow-origins https://a.example,https://b.example --log-level warn --log-format json";

    const config = await configOf(...line.split(" "));

    expect(config).toEqual({
      host: "::1",
      port: 8080,
      store: "memory:",
      leaseMs: 60_000,
      retention: { successMs: 172_800_000, failureMs: 2_592_000_000 },
      stepLimit: 500,
      instanceBytesMax: 1_073_741_824,
      pollsMax: 10,
      load: { runningMax: 20, queuedMax: 30, creationsPerSecond: 40, creationsPerSecondPerWorkflow: 5 },
      tls: { certFile: "a.pem", keyFile: "b.pem" },
      origins: ["https://a.example", "https://b.example"],
      drainGraceMs: 1_500,
      log: { level: "warn", format: "json" },
    } satisfies EngineConfig);
  });

  it("keeps failed instances as long as others unless it says otherwise", async () => {
    expect(await configOf("--retention", "1 hour")).toMatchObject({
      retention: { successMs: 3_600_000, failureMs: 3_600_000 },
    });
  });

  it("is read from the environment where it says nothing", async () => {
    vi.stubEnv("PERDURE_LISTEN", "0.0.0.0:9000");
    vi.stubEnv("PERDURE_LEASE", "10 seconds");

    expect(await configOf("--lease", "20 seconds")).toMatchObject({ host: "0.0.0.0", port: 9000, leaseMs: 20_000 });
  });

  it("has a variable of the environment for every flag", () => {
    for (const option of engineOptions()) {
      expect(option.envVar).toBe(`PERDURE_${option.name().toUpperCase().replaceAll("-", "_")}`);
    }
  });

  it.each([
    [["--listen", ":7070"], { host: "::", port: 7070 }],
    [["--listen", "localhost:0"], { host: "localhost", port: 0 }],
    [["--lease", "2000"], { leaseMs: 2_000 }],
    [["--drain-grace", "0"], { drainGraceMs: 0 }],
    [["--allow-origins", "*"], { origins: ["*"] }],
  ])("understands %j", async (args, config) => {
    expect(await configOf(...args)).toMatchObject(config);
  });

  it.each([
    [["--listen", "7070"], /Give host:port/],
    [["--listen", "a:b"], /Give host:port/],
    [["--listen", "a:65536"], /Give host:port/],
    [["--lease", "soon"], /Give a duration such as "30 seconds"/],
    [["--lease", ""], /Give a duration/],
    [["--lease", "-1 seconds"], /It takes 1000 to 3600000 ms, not -1000/],
    [["--lease", "2 hours"], /It takes 1000 to 3600000 ms, not 7200000/],
    [["--retention", "0"], /It takes 1000 to/],
    [["--step-limit", "0"], /Give a whole number from 1 to 1000000/],
    [["--step-limit", "1.5"], /Give a whole number/],
    [["--max-polls", "many"], /Give a whole number/],
    [["--allow-origins", "a.example"], /Give origins such as/],
    [["--allow-origins", "https://a.example/path"], /Give origins such as/],
    [["--log-level", "loud"], /Allowed choices are debug, info, warn, error, silent/],
    [["--tls-cert", "a.pem"], /TLS takes both: --tls-cert and --tls-key/],
    [["--tls-key", "a.pem"], /TLS takes both/],
    [["--no-such-flag"], /unknown option/],
    [["something"], /too many arguments/],
  ])("refuses %j with a sentence", async (args, sentence) => {
    await expect(configOf(...args)).rejects.toThrow(sentence);
  });
});
