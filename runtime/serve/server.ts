/** A `serve` of a spec as a handle: what it says, and the server itself, which is loaded when it is first started. Knows nothing of HTTP. */

import type { Pipeline } from "../pipeline/pipeline.ts";
import type { Ranker } from "../retrieve/rerank.ts";
import type { Reward } from "../reward/reward.ts";
import type { ModelHandle } from "../system/models.ts";
import type { System } from "../system.ts";
import type { Listening, ListenOptions } from "./types.ts";

/** What a spec says of a server. Times are milliseconds. */
export type ServerSpec = {
  /** The pipeline that answers. */
  readonly of: Pipeline;
  /** Others, which a request may name as its model. */
  readonly beside?: readonly Pipeline[];
  /** What `/v1/rerank` scores by; by shared words without it. */
  readonly rank?: Ranker;
  /** The model behind `/v1/embeddings`. */
  readonly embed?: ModelHandle;
  /** What an answer is worth, for who asks why. */
  readonly reward?: Reward;
  readonly port?: number;
  readonly page?: { readonly kind: "chat" | "none" };
  /** Answers under way at once. */
  readonly limit?: number;
  /** How many may wait for that; as many as `limit` without it. */
  readonly queue?: number;
  readonly deadline?: number;
  /** Tokens of the longest conversation that is taken. */
  readonly longest?: number;
};

/** What `neuroc serve` starts. */
export type ServerHandle = {
  readonly name: string;
  /** The spec line; the spec's name where it declares no server. */
  readonly where: string;
  readonly spec: ServerSpec;
  /** Opens the port. Throws `port_taken`, `keys_unreadable`. */
  listen(options?: ListenOptions): Promise<Listening>;
};

/** The handle of a declared server, or of one that a spec without a declaration gets for its pipeline. */
export function serverHandle(name: string, where: string, spec: ServerSpec, system: () => System): ServerHandle {
  return {
    name,
    where,
    spec,
    listen: async (options = {}) => (await import("./listen.ts")).listen({ name, spec, system: system() }, options),
  };
}
