import { HOUR_MS } from "../domain/time.ts";

/** How long a session is remembered after its time, so that it cannot come back. */
export const SESSION_KEPT_MS = HOUR_MS;
