import type { Notice, Poll, Polled, Task } from "./worker-api.ts";

/** A place in a waiting poll, taken before the task is there: so one write can create an instance and hand it over. */
export interface Ticket {
  readonly session: string;
  /** False when the caller has gone meanwhile: the task was not delivered. */
  deliver(task: Task): boolean;
  release(): void;
}

/**
 * One long poll that is held open. It answers when every place taken has its task or is free again, so that
 * tasks that come together leave together; after that no more places are given.
 */
export class WaitingPoll {
  readonly poll: Poll;
  readonly answered: Promise<Polled>;
  readonly #answer: (polled: Polled) => void;
  readonly #onChange: (poll: WaitingPoll) => void;
  readonly #tasks: Task[] = [];
  readonly #notices: Notice[] = [];
  #taken = 0;
  #ending = false;
  #gone = false;

  constructor(poll: Poll, onChange: (poll: WaitingPoll) => void) {
    this.poll = poll;
    this.#onChange = onChange;
    const { promise, resolve } = Promise.withResolvers<Polled>();
    this.answered = promise;
    this.#answer = resolve;
  }

  /** How many tasks it would still take. */
  get freeSlots(): number {
    return this.#ending || this.#tasks.length > 0 ? 0 : this.poll.slots - this.#taken;
  }

  reserve(): Ticket {
    this.#taken += 1;
    this.#onChange(this);
    let open = true;
    const close = (task: Task | null): boolean => {
      if (!open) return false;
      open = false;
      this.#taken -= 1;
      if (task !== null && !this.#gone) this.#tasks.push(task);
      this.#settle();
      this.#onChange(this);
      return !this.#gone;
    };
    return { session: this.poll.session, deliver: (task) => close(task), release: () => void close(null) };
  }

  notify(notice: Notice): void {
    this.#notices.push(notice);
    this.#settle();
    this.#onChange(this);
  }

  /** Ends the poll: with what is there, once the places taken are settled. */
  end(): void {
    this.#ending = true;
    this.#settle();
    this.#onChange(this);
  }

  /** The caller is gone: nothing can be delivered any more. */
  abandon(): void {
    this.#gone = true;
    this.end();
  }

  #settle(): void {
    const due = this.#ending || this.#tasks.length > 0 || this.#notices.length > 0;
    if (due && this.#taken === 0) {
      this.#ending = true;
      this.#answer({ tasks: this.#tasks, notices: this.#notices });
    }
  }
}
