import { MemoryStore } from "../../services/engine/src/store/memory/memory-store.ts";

/** A memory store that several replicas in one process stand on: none may believe that it alone writes. */
export class SharedMemoryStore extends MemoryStore {
  override readonly exclusive = false;
}
