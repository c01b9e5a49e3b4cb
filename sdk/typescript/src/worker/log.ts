/** Where a worker tells what happens. A pino logger fits as it is. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What needs somebody's attention goes to standard error, the rest nowhere. */
export const consoleLog: Log = {
  debug() {},
  info() {},
  warn: (fields, message) => console.warn(`perdure: ${message}`, fields),
  error: (fields, message) => console.error(`perdure: ${message}`, fields),
};
