import { startEngine } from "./engine.ts";
import type { EngineConfig } from "./platform/config.ts";
import { createLogger } from "./platform/logger.ts";
import { onStopSignal } from "./platform/stop-signals.ts";

/** Runs an engine until a signal ends the process: exit code 0 when drained, 1 when it could not start or a bug ended it. */
export async function runEngine(config: EngineConfig): Promise<void> {
  const log = createLogger(config.log);
  process.on("uncaughtException", (error) => {
    log.fatal({ error }, "bug: the engine ends");
    process.exit(1);
  });
  const starting = startEngine(config, log);
  onStopSignal(async (signal) => {
    log.info({ signal }, "engine drains");
    const engine = await starting;
    await engine.close();
    process.exit(0);
  });
  try {
    await starting;
  } catch (error) {
    // A sentence for the operator; where it came from is for us.
    log.fatal({ why: (error as Error).message }, "engine cannot start");
    log.debug({ error }, "engine cannot start");
    process.exit(1);
  }
}
