/** What the bench asks its worker of, over the channel between parent and child. */
export type WorkerQuestion = "sleepers" | "lateness" | "forget sleepers";

export interface Sleepers {
  /** That came to their sleep. Replays on waking count again. */
  readonly begun: number;
  readonly woken: number;
}
