import type { WorkloadId } from "../workload.ts";

/** What another engine did on such a machine. Quoted, not measured with ours. */
export interface PeerRow {
  readonly peer: string;
  /** Rounds kept / all. */
  readonly rounds: string;
  /** By the keys of the workload's columns: median [min..max], as it was noted. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Where the rows come from, in a table's words. */
export const PEERS_NOTE =
  "Rows marked * were measured on 2026-11-23 on a machine of this kind (2 cores), each by its own TypeScript SDK with its default durability, not in this run.";

/** Restate 1.7.12; DBOS 5.3.0 and Temporal 1.32.1 on PostgreSQL 15; miniflare 4.20260730, which simulates Cloudflare's engine. */
export const PEERS: Readonly<Record<WorkloadId, readonly PeerRow[]>> = {
  W1a: [
    { peer: "Restate", rounds: "3/4", cells: { p50Ms: "21.8 [18.3..22.5]", p99Ms: "40 [33..45]" } },
    { peer: "DBOS", rounds: "3/4", cells: { p50Ms: "28 [24.1..40.8]", p99Ms: "46 [38..60]" } },
    { peer: "Cloudflare local", rounds: "1/3", cells: { p50Ms: "31", p99Ms: "44" } },
    { peer: "Temporal", rounds: "1/3", cells: { p50Ms: "330", p99Ms: "432" } },
  ],
  W1b: [
    {
      peer: "Restate",
      rounds: "4/4",
      cells: { stepsPerS: "1,900 [1,807..2,149]", instancesPerS: "190 [181..215]", p50Ms: "520", cpuMsPerStep: "0.95" },
    },
    {
      peer: "DBOS",
      rounds: "3/4",
      cells: { stepsPerS: "828 [778..908]", instancesPerS: "83 [78..91]", p50Ms: "1,219", cpuMsPerStep: "2.1" },
    },
    {
      peer: "Cloudflare local",
      rounds: "3/3",
      cells: { stepsPerS: "318 [255..354]", instancesPerS: "32 [25..35]", p50Ms: "3,317", cpuMsPerStep: "2.5" },
    },
    {
      peer: "Temporal",
      rounds: "2/3",
      cells: { stepsPerS: "52 [49..55]", instancesPerS: "5.2 [4.9..5.5]", p50Ms: "14,900", cpuMsPerStep: "35" },
    },
  ],
  W2: [
    {
      peer: "Restate",
      rounds: "3/3",
      cells: { instancesPerS: "522 [478..599]", p50Ms: "374", cpuMsPerInstance: "3.5" },
    },
    { peer: "DBOS", rounds: "2/3", cells: { instancesPerS: "441 [362..520]", p50Ms: "461", cpuMsPerInstance: "3.8" } },
    {
      peer: "Cloudflare local",
      rounds: "2/3",
      cells: { instancesPerS: "90", p50Ms: "2,045", cpuMsPerInstance: "9.1" },
    },
    {
      peer: "Temporal",
      rounds: "2/3",
      cells: { instancesPerS: "25.5 [20..31]", p50Ms: "6,410", cpuMsPerInstance: "71" },
    },
  ],
  W3: [
    { peer: "Restate", rounds: "", cells: { p50Ms: "29 [29..34]" } },
    { peer: "DBOS", rounds: "", cells: { p50Ms: "154 [134..175]" } },
    { peer: "Cloudflare local", rounds: "", cells: { p50Ms: "293 [235..351]" } },
    { peer: "Temporal", rounds: "", cells: { p50Ms: "1,264 [1,232..1,295]" } },
  ],
  W4: [
    { peer: "DBOS", rounds: "", cells: { p50Ms: "4.9", p99Ms: "12" } },
    { peer: "Cloudflare local", rounds: "", cells: { p50Ms: "5.4", p99Ms: "10" } },
    { peer: "Restate", rounds: "", cells: { p50Ms: "9.2 [7.3..10.6]", p99Ms: "19" } },
    { peer: "Temporal", rounds: "", cells: { p50Ms: "31", p99Ms: "58" } },
  ],
  W5: [
    {
      peer: "Restate",
      rounds: "3/3",
      cells: {
        createdPerS: "1,072 [932..1,227]",
        serverKiB: "31",
        workerKiB: "26",
        lateP50Ms: "944 [836..1,111]",
        lateP99Ms: "2,082 [1,317..2,394]",
        wakesPerS: "4,700",
      },
    },
    {
      peer: "DBOS",
      rounds: "2/2",
      cells: {
        createdPerS: "427 [422..433]",
        serverKiB: "1.3",
        workerKiB: "11",
        lateP50Ms: "1,843",
        lateP99Ms: "2,750",
        wakesPerS: "3,700",
      },
    },
    {
      peer: "Cloudflare local (1,000)",
      rounds: "2/3",
      cells: { createdPerS: "138", serverKiB: "345", lateP50Ms: "924", lateP99Ms: "1,049", wakesPerS: "960" },
    },
    {
      peer: "Temporal (300)",
      rounds: "3/3",
      cells: {
        createdPerS: "80 [58..112]",
        serverKiB: "82",
        workerKiB: "0",
        lateP50Ms: "4,606",
        lateP99Ms: "15,386",
        wakesPerS: "61",
      },
    },
  ],
  W6: [
    {
      peer: "Cloudflare local",
      rounds: "2/3",
      cells: { totalS: "1.85 [1.76..1.94]", firstP50Ms: "2", lastP50Ms: "1.5" },
    },
    {
      peer: "Restate",
      rounds: "2/3",
      cells: { totalS: "1.97 [1.34..2.59]", firstP50Ms: "1.4", lastP50Ms: "1.1..3.0" },
    },
    { peer: "DBOS", rounds: "3/3", cells: { totalS: "2.80 [2.15..5.75]", firstP50Ms: "1.9", lastP50Ms: "2.1" } },
    { peer: "Temporal", rounds: "1/1", cells: { totalS: "49.1", firstP50Ms: "44", lastP50Ms: "50" } },
  ],
  W7: [],
};
