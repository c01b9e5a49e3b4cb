/** A lease in a form that can be sent to another thread. */
export interface PlainLease {
  readonly instance: { readonly namespace?: string; readonly workflow: string; readonly instanceId: string };
  readonly token: string;
}

/** A free place. */
const FREE = -1;

/**
 * Which tasks a worker holds, and how far it has seen of each: places of a table whose positions are in shared
 * memory, so that a thread can read them while the worker's event loop is blocked.
 */
export class HeldRoll {
  readonly #positions: Int32Array;
  readonly #leases: (PlainLease | undefined)[] = [];

  constructor(positions: SharedArrayBuffer) {
    this.#positions = new Int32Array(positions);
  }

  /** Memory for so many places, all of them free. */
  static memory(places: number): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT);
    new Int32Array(memory).fill(FREE);
    return memory;
  }

  /** Says whose lease a place is about. */
  name(place: number, lease: PlainLease): void {
    this.#leases[place] = lease;
  }

  setPosition(place: number, position: number): void {
    Atomics.store(this.#positions, place, position);
  }

  free(place: number): void {
    this.setPosition(place, FREE);
  }

  /** The first free place. There is one, as there are no more tasks than places. */
  findFree(): number {
    return this.#positions.indexOf(FREE);
  }

  held(): { lease: PlainLease; seenPosition: number }[] {
    return this.#leases.flatMap((lease, place) => {
      const seenPosition = Atomics.load(this.#positions, place);
      return lease === undefined || seenPosition === FREE ? [] : [{ lease, seenPosition }];
    });
  }
}
