import { plain, styled } from "../output.ts";
import type { FileReport } from "./run.ts";

const ENDS = {
  complete: "it completed",
  errored: "it errored",
  cut: "it was ended by a caller",
  open: "it has not ended",
} as const satisfies Record<FileReport["end"], string>;

/** What a replay has shown, for people. */
export function replayText(report: FileReport): string {
  const { file, workflow, instanceId, run, differences, end, next, notes } = report;
  const name = `${workflow} ${instanceId}${run === 1 ? "" : `, run ${run}`}`;
  const count = differences.length;
  const verdict =
    count === 0
      ? styled("green", "no differences")
      : styled("red", count === 1 ? "1 difference" : `${count} differences`);
  const where = next.length === 0 ? ENDS[end] : `${ENDS[end]}; at its end is ${plain(next.join(", "))}`;
  return [
    `${styled("bold", plain(name))}  ${verdict}  ${styled("dim", `${plain(file)}; ${where}`)}`,
    ...differences.map(({ kind, message }) => `  ${styled("red", kind.padEnd(10))}${plain(message)}`),
    ...notes.map((note) => `  ${styled("dim", `${"note".padEnd(10)}${plain(note)}`)}`),
  ].join("\n");
}

export function summaryText(reports: readonly FileReport[]): string {
  const differing = reports.filter(({ differences }) => differences.length > 0).length;
  const journals = reports.length === 1 ? "1 journal" : `${reports.length} journals`;
  return `${journals} replayed, ${differing === 0 ? "none" : differing} with differences`;
}
