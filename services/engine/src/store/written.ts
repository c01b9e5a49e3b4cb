/** What a store keeps, under the names that all of them use. */
export type Collection = "heads" | "journal" | "removals" | "sessions" | "blobs" | "workflows" | "slots";

/** Told of every document or row that was inserted, changed or removed, once it is durable. For metrics and for tests that count. */
export type OnWritten = (collection: Collection, documents: number) => void;
