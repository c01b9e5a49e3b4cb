import { WorkflowFatalError } from "../errors.ts";
import type { Streams } from "../worker/streams.ts";

const CHUNK_BYTES = 65_536;

/** An exported journal names streams and does not hold them: they have their length, and zeros for bytes. */
export const EMPTY_STREAMS: Streams = {
  store: () => Promise.reject(new WorkflowFatalError("streams cannot be stored in a replay")),
  open: ({ size }) => {
    let left = Number(size);
    return new ReadableStream({
      type: "bytes",
      pull(controller) {
        const bytes = Math.min(left, CHUNK_BYTES);
        if (bytes > 0) controller.enqueue(new Uint8Array(bytes));
        left -= bytes;
        if (left > 0) return;
        controller.close();
        controller.byobRequest?.respond(0);
      },
    });
  },
};
