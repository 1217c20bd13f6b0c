import type { CallContext } from "../../aws/description.js";
import type { RequestCounts } from "../queue.js";
import { describeError } from "./describe-error.js";

/** What the SDK adds to every answer, and to most errors. */
interface Metadata {
  readonly $metadata?: { readonly attempts?: number | undefined };
}

/** Sends one call, counts its requests (with the SDK's own retries) and describes its error. */
export type Call = <Answer extends Metadata>(
  cost: keyof RequestCounts,
  action: string,
  send: () => Promise<Answer>,
) => Promise<Answer>;

/** A `Call` that adds to `requests`; `context` is asked at the time of an error. */
export function createCall(requests: RequestCounts, context: () => Omit<CallContext, "action">): Call {
  return async (cost, action, send) => {
    try {
      const answer = await send();
      requests[cost] += answer.$metadata?.attempts ?? 1;
      return answer;
    } catch (error) {
      requests[cost] += attemptsOf(error);
      throw describeError(error, { ...context(), action });
    }
  };
}

/** 0 for an error from before the first attempt, such as missing credentials. */
function attemptsOf(error: unknown): number {
  const metadata: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "$metadata") : undefined;
  if (typeof metadata !== "object" || metadata === null) return 0;
  const attempts: unknown = Reflect.get(metadata, "attempts");
  return typeof attempts === "number" ? attempts : 0;
}
