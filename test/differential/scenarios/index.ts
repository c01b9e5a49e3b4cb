import type { Scenario } from "../src/scenario.ts";
import { DELETING } from "./deleting.ts";
import { ERRORS } from "./errors.ts";
import { EVENTS } from "./events.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import { NAMES } from "./names.ts";
import { PARALLEL } from "./parallel.ts";
import { RESTART } from "./restart.ts";
import { RETRIES } from "./retries.ts";
import { ROLLBACK } from "./rollback.ts";
import { SLEEPING } from "./sleeping.ts";
import { STEPS } from "./steps.ts";
import { STREAMS } from "./streams.ts";
import { TIMEOUTS } from "./timeouts.ts";
import { VALIDATION } from "./validation.ts";
import { VALUES } from "./values.ts";

export const SCENARIOS: readonly Scenario[] = [
  STEPS,
  VALUES,
  RETRIES,
  ERRORS,
  TIMEOUTS,
  SLEEPING,
  EVENTS,
  PARALLEL,
  NAMES,
  VALIDATION,
  LIFECYCLE,
  ROLLBACK,
  RESTART,
  DELETING,
  STREAMS,
].flat();
