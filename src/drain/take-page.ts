import type { TakenPage } from "../fetcher/pollers.js";
import type { ReceivedMessage } from "../message.js";
import type { Held } from "./hand.js";
import type { Run } from "./run.js";
import type { TransformStage } from "./transform-stage.js";

/** `bytes`: what each message of the page weighs. */
type PageTaker = (page: readonly ReceivedMessage[], bytes: readonly number[]) => TakenPage;

/** Takes what was received in hand; the work passes on what it is the first delivery of. */
export function createPageTaker(
  { hand, groups, tally, stopper, narrator, work, giveBackLater }: Run,
  transforming: TransformStage,
): PageTaker {
  return (page, bytes) => {
    const first: Held[] = [];
    let isNew = false;
    work.note();
    groups.handedOut(page);
    for (const [index, message] of page.entries()) {
      tally.received += 1;
      const { held, isRedelivery } = hand.take(message, bytes[index] ?? 0);
      isNew ||= held.isNew && !isRedelivery;
      if (isRedelivery) {
        if (held.isDecided) tally.duplicates += 1;
        // Its group has just been handed out anew.
        if (held.isReject) groups.hold(held);
      } else first.push(held);
    }
    narrator.progress();
    return {
      isNew,
      work: () => {
        for (const held of first) {
          if (stopper.signal.aborted) giveBackLater(held.id);
          else transforming.add(held);
        }
      },
    };
  };
}
