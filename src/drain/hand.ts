import type { Leases } from "../fetcher/leases.js";
import type { Permits } from "../fetcher/permits.js";
import type { Message, ReceivedMessage } from "../message.js";
import { toUuid } from "../message-id.js";
import type { PayloadBudget } from "./payload-budget.js";

/** A message in hand: received, and neither deleted nor given back nor let go. */
export interface Held {
  /** The message id as a UUID: what the ledger knows it by. */
  readonly id: string;
  /** Among all messages of the run, in the order in which they came. */
  readonly place: number;
  /** False: it was parked and came back all the same. */
  readonly isNew: boolean;
  message: Message;
  bytes: number;
  /** What its body points to, once it is here. */
  payload: string | undefined;
  /** What the payload takes besides the body. */
  payloadBytes: number;
  /** How often SQS has handed it out before its outcome was known: each delivery is counted with that outcome. */
  deliveries: number;
  /** It is no row, or none that the database takes. */
  isReject: boolean;
  /** Its outcome is known and counted; what remains is to delete it or to give it back. */
  isDecided: boolean;
}

export interface HandOptions {
  readonly leases: Leases;
  readonly permits: Permits;
  readonly budget: Pick<PayloadBudget, "add" | "free" | "reserve">;
  /** Rejects that are kept away from the queue for the rest of the run, at most. */
  readonly mostParked: number;
  /** A message has its outcome. */
  readonly onDecided?: () => void;
}

interface Taken {
  readonly held: Held;
  readonly isRedelivery: boolean;
}

/** The messages in hand, each with its lease and its permit. */
export interface Hand {
  /** A redelivery of a message in hand answers that message: its lease has the new handle then. */
  take(received: ReceivedMessage, bytes: number): Taken;
  get(id: string): Held | undefined;
  /** Its outcome is known and is being counted; answers for how many deliveries. */
  decide(id: string): number;
  /**
   * Waits until so much may be had for its payload, in place of what it had: nothing until then. False: there will be
   * no room for it in this run.
   */
  reserve(held: Held, payloadBytes: number, signal: AbortSignal): Promise<boolean>;
  /** Its payload, or its rows, take so much besides the body, whether there is room for it or not. */
  enlarge(held: Held, payloadBytes: number): void;
  /** Frees what its payload takes, for a message that only waits for its end. */
  forgetPayload(held: Held): void;
  /** Frees what the body takes, for a message that only waits to be given back. */
  forgetBody(held: Held): void;
  /** Ends the lease's renewal and frees the permit. */
  letGo(id: string): void;
  /**
   * Lets a message go that is to stay on the queue, but keeps its lease while the run lasts: otherwise it would come
   * back within the run, again and again, and its receive count would climb towards the dead-letter queue. Answers
   * false when there is no room for that any more.
   */
  park(id: string): boolean;
  /** Whether there are any that are new. */
  isAtWork(): boolean;
  /** Deliveries in hand without an outcome yet. */
  undecided(): number;
  /** Messages in hand with an outcome, which are still to be deleted. */
  undeleted(): number;
}

export function createHand({ leases, permits, budget, mostParked, onDecided }: HandOptions): Hand {
  const inHand = new Map<string, Held>();
  const parked = new Set<string>();
  let taken = 0;
  let newInHand = 0;

  const letGo = (id: string, keepLease: boolean): void => {
    const held = inHand.get(id);
    if (held === undefined) return;
    inHand.delete(id);
    if (held.isNew) newInHand -= 1;
    if (!keepLease) leases.drop(id);
    permits.release({ messages: 1, bytes: held.bytes });
    forgetPayload(held);
  };

  const forgetPayload = (held: Held): void => {
    const bytes = held.payloadBytes;
    held.payload = undefined;
    held.payloadBytes = 0;
    if (bytes > 0) budget.free(bytes);
  };

  return {
    take: (message, bytes) => {
      const id = toUuid(message.messageId);
      // Whatever is in hand or parked has a lease: most messages are looked for only once.
      const isKnown = !leases.hold(id, message.receiptHandle);
      const known = isKnown ? inHand.get(id) : undefined;
      if (known !== undefined) {
        permits.release({ messages: 1, bytes });
        if (!known.isDecided) known.deliveries += 1;
        return { held: known, isRedelivery: true };
      }
      taken += 1;
      // It came back although we kept its lease: then it is a delivery like any other.
      const isNew = !(isKnown && parked.delete(id));
      if (isNew) newInHand += 1;
      // Neither spread nor copied: done for every message, that was a tenth of a drain's time.
      const held: Held = {
        id,
        place: taken,
        isNew,
        message,
        bytes,
        payload: undefined,
        payloadBytes: 0,
        deliveries: 1,
        isReject: false,
        isDecided: false,
      };
      inHand.set(id, held);
      return { held, isRedelivery: false };
    },
    get: (id) => inHand.get(id),
    decide: (id) => {
      const held = inHand.get(id);
      if (held === undefined) return 0;
      held.isDecided = true;
      onDecided?.();
      return held.deliveries;
    },
    reserve: async (held, payloadBytes, signal) => {
      forgetPayload(held);
      if (payloadBytes === 0) return true;
      if (!(await budget.reserve(payloadBytes, signal))) return false;
      held.payloadBytes = payloadBytes;
      return true;
    },
    enlarge: (held, payloadBytes) => {
      const more = payloadBytes - held.payloadBytes;
      held.payloadBytes = payloadBytes;
      if (more < 0) budget.free(-more);
      else budget.add(more);
    },
    forgetPayload,
    forgetBody: (held) => {
      forgetPayload(held);
      permits.release({ messages: 0, bytes: held.bytes });
      held.bytes = 0;
      held.message = { ...held.message, body: "", attributes: {} };
    },
    letGo: (id) => letGo(id, false),
    park: (id) => {
      const hasRoom = parked.size < mostParked;
      if (hasRoom && inHand.has(id)) parked.add(id);
      letGo(id, hasRoom);
      return hasRoom;
    },
    isAtWork: () => newInHand > 0,
    undecided: () => sumOf(inHand, ({ isDecided, deliveries }) => (isDecided ? 0 : deliveries)),
    undeleted: () => sumOf(inHand, ({ isDecided }) => (isDecided ? 1 : 0)),
  };
}

function sumOf(inHand: ReadonlyMap<string, Held>, count: (held: Held) => number): number {
  return [...inHand.values()].reduce((sum, held) => sum + count(held), 0);
}
