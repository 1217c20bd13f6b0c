import { type Clock, sleep } from "../../src/clock.js";
import { PayloadError } from "../../src/errors.js";
import type { Offload } from "../../src/payloads/offload.js";
import type { Payload } from "../../src/payloads/payloads.js";

/** A body that stands for a payload elsewhere. */
export const pointerTo = (key: string): string => `s3:${key}`;

export interface FakeOffload extends Pick<Offload, "pointerOf" | "fetch"> {
  /** What a key holds: its own name, unless it is set. */
  readonly objects: Map<string, Payload>;
  /** An error that the next fetches end in. */
  fault: ((key: string) => Error | undefined) | undefined;
  /** How long the next fetches take, in milliseconds. */
  lag: ((key: string) => number) | undefined;
  /** Keys in the order in which they were asked for. */
  readonly asked: readonly string[];
  /** The most fetches that were on their way at once. */
  most(): number;
}

export const s3Away = (): PayloadError => new PayloadError("unavailable", "service_unavailable", "away");
export const s3Denied = (): PayloadError => new PayloadError("failed", "s3_access_denied", "denied");
export const missingObject: Payload = {
  reject: { stage: "parse", code: "s3_object_missing", field: null, reason: "it is missing" },
};

/** S3 in memory, by a clock. */
export function createFakeOffload(clock: Clock): FakeOffload {
  const asked: string[] = [];
  let open = 0;
  let most = 0;
  const offload: FakeOffload = {
    objects: new Map(),
    fault: undefined,
    lag: undefined,
    asked,
    most: () => most,
    pointerOf: ({ body }) =>
      body.startsWith("s3:") ? { bucket: "payloads", key: body.slice(3) } : undefined,
    fetch: async ({ key }, signal) => {
      asked.push(key);
      open += 1;
      most = Math.max(most, open);
      try {
        await sleep(clock, offload.lag?.(key) ?? 0, signal);
        if (signal?.aborted) throw new PayloadError("failed", "aborted", "aborted");
        const error = offload.fault?.(key);
        if (error !== undefined) throw error;
        return offload.objects.get(key) ?? { text: key, bytes: key.length };
      } finally {
        open -= 1;
      }
    },
  };
  return offload;
}
