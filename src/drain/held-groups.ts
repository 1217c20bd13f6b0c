import type { Message } from "../message.js";
import type { Held } from "./hand.js";

/**
 * Message groups of a FIFO queue that are held by a reject which stays on the queue: SQS hands out several messages of a
 * group at once, and those behind the reject must not overtake it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export interface HeldGroups {
  /** SQS hands out a group from its head: what held these groups is not before these messages any more. */
  handedOut(page: readonly Message[]): void;
  /** It is a reject: what came after it in its group is held. */
  hold(reject: Placed): void;
  isHeld(placed: Placed): boolean;
  /** Whether any group is held. */
  areAny(): boolean;
}

type Placed = Pick<Held, "place" | "message">;

/** `canHold`: false where order means nothing (a standard queue has groups, too), or where rejects do not stay. */
export function createHeldGroups(canHold: boolean): HeldGroups {
  /** The place of the first reject. */
  const heldFrom = new Map<string, number>();
  return {
    handedOut: (page) => {
      if (heldFrom.size === 0) return;
      for (const { groupId } of page) if (groupId !== undefined) heldFrom.delete(groupId);
    },
    hold: ({ message: { groupId }, place }) => {
      if (!canHold || groupId === undefined) return;
      heldFrom.set(groupId, Math.min(place, heldFrom.get(groupId) ?? place));
    },
    isHeld: ({ message: { groupId }, place }) =>
      groupId !== undefined && place > (heldFrom.get(groupId) ?? Number.POSITIVE_INFINITY),
    areAny: () => heldFrom.size > 0,
  };
}
