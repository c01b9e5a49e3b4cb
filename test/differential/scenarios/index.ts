import type { Scenario } from "../src/scenario.ts";
import { ERRORS } from "./errors.ts";
import { EVENTS } from "./events.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import { NAMES } from "./names.ts";
import { PARALLEL } from "./parallel.ts";
import { RETRIES } from "./retries.ts";
import { SLEEPING } from "./sleeping.ts";
import { STEPS } from "./steps.ts";
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
].flat();
