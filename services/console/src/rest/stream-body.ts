import type { Client } from "@connectrpc/connect";
import type { Instance } from "perdure/proto/perdure/v1/instance_pb";
import type { BlobRef } from "perdure/proto/perdure/v1/payload_pb";
import type { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";

/** The bytes of a step's stream, read chunk by chunk as they are sent. */
export function streamOf(
  rpc: Pick<Client<typeof WorkflowService>, "getBlob">,
  { ref }: Instance,
  { blob, chunks }: BlobRef,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let chunk = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        if (ref === undefined || chunk >= chunks) return controller.close();
        const { bytes } = await rpc.getBlob({ ref, blob, chunk });
        controller.enqueue(new Uint8Array(bytes));
        chunk += 1;
      },
    },
    { highWaterMark: 0 },
  );
}
