/**
 * A real MongoDB for tests and benches.
 *
 * `freshDatabaseUri` shares one replica set among all tests of a run; `startReplicaSet` gives a test its own, to kill
 * and restart. Both find their mongod by `mongod-binary.ts`, and fail with what to do when there is none.
 */
export { freshDatabaseUri } from "./mongod-broker-client.ts";
export { startReplicaSet } from "./replica-set.ts";
export type { ReplicaSet } from "./replica-set.ts";
