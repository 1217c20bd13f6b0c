import type { ReceivedMessage } from "../message.js";
import type { Run } from "./run.js";
import type { TransformStage } from "./transform-stage.js";

/** Answers whether any message of the page is new to the run; `bytes`: what each of them weighs. */
type PageTaker = (page: readonly ReceivedMessage[], bytes: readonly number[]) => boolean;

/** Takes what was received in hand, and passes on what it is the first delivery of. */
export function createPageTaker(
  { hand, groups, tally, stopper, narrator, work, giveBackLater }: Run,
  transforming: TransformStage,
): PageTaker {
  return (page, bytes) => {
    let hasNews = false;
    if (page.length > 0) work.note();
    groups.handedOut(page);
    for (const [index, message] of page.entries()) {
      tally.received += 1;
      const { held, isRedelivery } = hand.take(message, bytes[index] ?? 0);
      hasNews ||= held.isNew && !isRedelivery;
      if (isRedelivery) {
        if (held.isDecided) tally.duplicates += 1;
        // Its group has just been handed out anew.
        if (held.isReject) groups.hold(held);
      } else if (stopper.signal.aborted) giveBackLater(held.id);
      else transforming.add(held);
    }
    narrator.progress();
    return hasNews;
  };
}
