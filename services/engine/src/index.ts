export { startEngine, type RunningEngine } from "./engine.ts";
export { engineCommand } from "./platform/command.ts";
export { DEFAULT_CONFIG, type EngineConfig } from "./platform/config.ts";
export { createLogger, type LogConfig } from "./platform/logger.ts";
export { runEngine } from "./run.ts";
