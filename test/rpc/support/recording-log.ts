import { pino, type Logger } from "pino";

/** Keeps what is logged as an error. */
export class RecordingLog {
  readonly errors: object[] = [];
  readonly logger: Logger = pino(
    { level: "error", errorKey: "error", serializers: { error: pino.stdSerializers.err } },
    { write: (line: string) => void this.errors.push(JSON.parse(line) as object) },
  );
}
