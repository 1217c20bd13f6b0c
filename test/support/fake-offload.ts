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
  /** How long the next fetches take to their first byte, in milliseconds. */
  lag: ((key: string) => number) | undefined;
  /** And from there to the last one. */
  transferMs: number;
  /** Keys in the order in which they were asked for. */
  readonly asked: readonly string[];
  /** Keys whose payloads there was room for, in that order. */
  readonly read: readonly string[];
  /** Fetches that are on their way. */
  open(): number;
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
  const read: string[] = [];
  let open = 0;
  let most = 0;
  const offload: FakeOffload = {
    objects: new Map(),
    fault: undefined,
    lag: undefined,
    transferMs: 0,
    asked,
    read,
    open: () => open,
    most: () => most,
    pointerOf: ({ body }) =>
      body.startsWith("s3:") ? { bucket: "payloads", key: body.slice(3) } : undefined,
    fetch: async ({ key }, signal, reserve = async () => true) => {
      asked.push(key);
      open += 1;
      most = Math.max(most, open);
      try {
        await sleep(clock, offload.lag?.(key) ?? 0, signal);
        if (signal?.aborted) throw new PayloadError("failed", "aborted", "aborted");
        const error = offload.fault?.(key);
        if (error !== undefined) throw error;
        const payload = offload.objects.get(key) ?? { text: key, bytes: key.length };
        if ("reject" in payload) return payload;
        if (!(await reserve(payload.bytes))) return undefined;
        read.push(key);
        await sleep(clock, offload.transferMs, signal);
        return payload;
      } finally {
        open -= 1;
      }
    },
  };
  return offload;
}
