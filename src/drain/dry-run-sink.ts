import type { Hand, Held } from "./hand.js";
import type { Sink } from "./sink.js";
import type { Tally } from "./tally.js";

export interface DryRunSinkOptions {
  readonly hand: Hand;
  readonly tally: Tally;
  /** Takes the id of a message that is to be given back at the end of the run. */
  readonly giveBackLater: (id: string) => void;
  /** Of the redrive policy: a message that has been received so often goes to the dead-letter queue with the next receive. */
  readonly maxReceiveCount: number;
  readonly onNotice: (message: string) => void;
}

/**
 * Counts what would become of each message and holds all of them until the end: given back any earlier, they would be
 * received again.
 */
export function createDryRunSink(options: DryRunSinkOptions): Sink {
  const { hand, tally, giveBackLater, maxReceiveCount, onNotice } = options;
  let nearRedrive = 0;
  const look = ({ message }: Held): void => {
    if (message.receiveCount >= maxReceiveCount) nearRedrive += 1;
  };
  return {
    row: (held, row) => {
      look(held);
      if (row.warnings !== undefined) tally.noteWarnings(row.warnings);
      hand.forgetBody(held);
      giveBackLater(held.id);
    },
    reject: (held, reject) => {
      look(held);
      const deliveries = hand.decide(held.id);
      tally.rejected += deliveries;
      tally.noteReject(reject, held.message.messageId, deliveries);
      hand.forgetBody(held);
      giveBackLater(held.id);
    },
    flush: () => {},
    finish: async () => {
      if (nearRedrive === 0) return;
      const count = nearRedrive.toLocaleString("en-US");
      onNotice(
        `near the redrive limit: the next receive may move ${count} of the messages to the dead-letter queue`,
      );
    },
  };
}
