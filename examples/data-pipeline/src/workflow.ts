import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { type Extract, merge, summarise } from "./summary.ts";

export interface Params {
  /** Rows of the data set, and how many of them one step reads. */
  readonly rows: number;
  readonly rowsPerChunk: number;
}

/** One row: what a station measured, in tenths of a degree. */
export interface Reading {
  readonly station: string;
  readonly tenths: number;
}

export interface Env {
  readonly READINGS: { read(from: number, count: number): Promise<readonly Reading[]> };
  readonly REPORTS: { put(key: string, value: string): Promise<unknown> };
}

/** Reads a data set in parallel, a step for each chunk, and makes one report of what they found. */
export class PipelineWorkflow extends WorkflowEntrypoint<Env, Params> {
  async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const { rows, rowsPerChunk } = event.payload;
    const chunks = Math.ceil(rows / rowsPerChunk);

    // Fan out. A step's result is small: it stays in the journal, and the rows do not.
    const extracts = await Promise.all(
      Array.from({ length: chunks }, (_, chunk) => this.#extract(step, chunk, event.payload)),
    );

    // Fan in. Arithmetic on results needs no step: it gives the same whenever it is run again.
    const report = extracts.reduce(merge, {});

    const key = `${event.instanceId}.json`;
    await step.do("publish the report", async () => {
      await this.env.REPORTS.put(key, JSON.stringify(report, null, 2));
    });
    const counts = Object.values(report).map(({ count }) => count);
    return { key, chunks, rows: counts.reduce((sum, count) => sum + count, 0), stations: counts.length };
  }

  #extract(step: WorkflowStep, chunk: number, { rows, rowsPerChunk }: Params): Promise<Extract> {
    const from = chunk * rowsPerChunk;
    const count = Math.min(rowsPerChunk, rows - from);
    const config = { retries: { limit: 5, delay: "1 second" }, timeout: "2 minutes" } as const;
    return step.do(`chunk ${chunk + 1}`, config, async () => summarise(await this.env.READINGS.read(from, count)));
  }
}
