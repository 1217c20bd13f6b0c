import { objectsIn, parseJson, type Rule } from "./fault.js";

export interface Renewals {
  /** For ChangeMessageVisibilityBatch: does what the rule that it was made with does, and counts. */
  readonly rule: Rule;
  /** Whether so many messages were renewed, each of them so many times, as far as the client was told. */
  areDone(messages: number, times: number): boolean;
}

/** Counts the renewals that were answered, by receipt handle; those that a fault does away with do not count. */
export function countRenewals(inner: Rule = () => undefined): Renewals {
  const counts = new Map<unknown, number>();
  return {
    rule: (request) => {
      const fault = inner(request);
      return async (_request, forward) => {
        const reply = fault === undefined ? await forward() : await fault(request, forward);
        if (typeof reply === "string" || "cut" in reply || reply.status !== 200) return reply;
        const renewed = new Set(objectsIn(parseJson(reply.body), "Successful").map(({ Id }) => Id));
        for (const { Id, ReceiptHandle } of objectsIn(request.input, "Entries")) {
          if (renewed.has(Id)) counts.set(ReceiptHandle, (counts.get(ReceiptHandle) ?? 0) + 1);
        }
        return reply;
      };
    },
    areDone: (messages, times) =>
      counts.size === messages && [...counts.values()].every((count) => count >= times),
  };
}
