import { pino, stdSerializers, type Logger } from "pino";
import pretty from "pino-pretty";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
/** `auto`: for people on a terminal, for programs anywhere else. */
export const LOG_FORMATS = ["auto", "pretty", "json"] as const;

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
}

/** Standard error: what a command prints as its result stays apart. */
const DESTINATION = 2;

/** Writes a line per message, at once: the last one before a crash is there. */
export function createLogger({ level, format }: LogConfig): Logger {
  const serializers = { error: stdSerializers.err };
  const options = { level, base: null, errorKey: "error", serializers };
  const forPeople = format === "pretty" || (format === "auto" && process.stderr.isTTY);
  if (forPeople) return pino(options, pretty({ destination: DESTINATION, sync: true, translateTime: "HH:MM:ss.l" }));
  return pino(
    { ...options, timestamp: isoTime, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ dest: DESTINATION, sync: true }),
  );
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
