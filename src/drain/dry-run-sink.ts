import { warningsOf } from "../row.js";
import type { Hand } from "./hand.js";
import type { NearRedrive } from "./near-redrive.js";
import type { Sink } from "./sink.js";
import type { Tally } from "./tally.js";

export interface DryRunSinkOptions {
  readonly hand: Hand;
  readonly tally: Tally;
  /** Takes the id of a message that is to be given back at the end of the run. */
  readonly giveBackLater: (id: string) => void;
  readonly nearRedrive: NearRedrive;
}

/**
 * Counts what would become of each message and holds all of them until the end: given back any earlier, they would be
 * received again.
 */
export function createDryRunSink({ hand, tally, nearRedrive, giveBackLater }: DryRunSinkOptions): Sink {
  return {
    rows: (held, rows) => {
      nearRedrive.note(held.message);
      tally.noteWarnings(warningsOf(rows));
      hand.forgetBody(held);
      giveBackLater(held.id);
    },
    reject: (held, reject) => {
      nearRedrive.note(held.message);
      const deliveries = hand.decide(held.id);
      tally.rejected += deliveries;
      tally.noteReject(reject, held.message.messageId, deliveries);
      hand.forgetBody(held);
      giveBackLater(held.id);
    },
    flush: () => {},
    finish: async () => {
      nearRedrive.tell(
        (count) => `the next receive may move ${count} of the messages to the dead-letter queue`,
      );
    },
  };
}
