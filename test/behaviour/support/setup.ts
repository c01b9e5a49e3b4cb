/** Runs with each file of tests. */
import { afterAll } from "vitest";
import { closeShared } from "./store.ts";

afterAll(closeShared);
