import type { Followed } from "../instances/follow.ts";
import { type Line, narrate } from "./narrate.ts";
import { RunView } from "./run-view.ts";

/** Tells an instance's records in lines, over restarts. */
export class InstanceStory {
  #run = 0;
  #view = new RunView();

  lines({ run, record }: Followed): readonly Line[] {
    if (run !== this.#run) {
      this.#run = run;
      this.#view = new RunView();
    }
    this.#view.apply(record);
    return narrate(record, this.#view);
  }
}
