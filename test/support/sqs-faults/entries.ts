import type { Fault, Json } from "./fault.js";
import { objectsIn, parseJson } from "./fault.js";

export interface EntryFailure {
  readonly code: string;
  readonly senderFault: boolean;
  /** The server does it and says that it has not. */
  readonly carriedOut?: boolean;
}

/**
 * A batch call in which some entries fail, by their place in the request; the answer to the others is the real one. A
 * request of nothing but failures does not reach the server.
 */
export function failEntries(
  isFailing: (index: number) => boolean,
  { code, senderFault, carriedOut = false }: EntryFailure,
): Fault {
  return async ({ input }, forward) => {
    const entries = objectsIn(input, "Entries");
    const failing = entries.filter((_, index) => isFailing(index));
    const passing = carriedOut ? entries : entries.filter((entry) => !failing.includes(entry));
    const answer =
      passing.length === 0 ? { status: 200, body: "{}" } : await forward({ ...input, Entries: passing });
    const ids = new Set(failing.map(({ Id }) => Id));
    const real = parseJson(answer.body);
    const isOther = ({ Id }: Json): boolean => !ids.has(Id);
    const body = {
      Successful: objectsIn(real, "Successful").filter(isOther),
      Failed: [
        ...objectsIn(real, "Failed").filter(isOther),
        ...[...ids].map((Id) => ({
          Id,
          Code: code,
          SenderFault: senderFault,
          Message: "the-text-of-the-server",
        })),
      ],
    };
    return { ...answer, body: JSON.stringify(body) };
  };
}
