import { onAbort } from "../../abort-signals.js";
import type { Clock } from "../../clock.js";
import type { OnDrainEvent } from "../../drain/events.js";
import { createEventMerger } from "../../drain/merge-events.js";
import type { DrainReport } from "../../drain/report.js";
import type { Signals } from "../context.js";
import type { DrainFlags } from "../drain-options.js";
import { concluded } from "./concluded.js";
import { createMember, type Failure, type Outcome } from "./member.js";
import type { FromChild } from "./protocol.js";
import { sharesOf } from "./shares.js";
import { type Child, startChild } from "./start-child.js";

/** Whoever asks for an end at once waits no longer than this for the processes to say what they have done. */
const LAST_WORDS_MS = 2_000;

export interface ProcessesOptions {
  readonly signals: Signals;
  readonly clock: Clock;
  readonly onEvent: OnDrainEvent;
}

/**
 * Drains as `drain` does, with several processes side by side: one report, the same errors. What goes wrong with one of
 * them stops the others cleanly.
 */
export async function drainInProcesses(
  flags: DrainFlags,
  { signals, clock, onEvent }: ProcessesOptions,
): Promise<DrainReport> {
  const { max } = flags;
  const shares = sharesOf(max, flags.processes);
  const merger = createEventMerger({ runs: shares.length, max, onEvent });
  const children: Child[] = [];
  const over = new AbortController();
  let isStopped = signals.stop.aborted;
  const stopAll = (): void => {
    isStopped = true;
    for (const child of children) child.say({ type: "stop" });
  };

  let failure: Failure | undefined;
  const runOne = async (share: number | undefined, index: number): Promise<Outcome> => {
    const member = createMember(`process ${index + 1} of ${shares.length}`, clock);
    const onMessage = (message: FromChild): void => {
      if (message.type === "warning") merger.notice(message.message);
      if (message.type === "ready") {
        child.say({ type: "start", flags: share === undefined ? flags : { ...flags, max: share } });
        if (isStopped) child.say({ type: "stop" });
      }
      if (message.type !== "event") return;
      const { event } = message;
      member.note(event);
      merger.tell(index, event);
      if (event.type === "stopping" && (event.because === "error" || event.because === "rejects")) stopAll();
    };
    const child = startChild(onMessage);
    children.push(child);
    const end = await child.ended;
    const outcome = member.outcome(end, { isStopped, isKilled: signals.kill.aborted });
    merger.ended(index, outcome.failure !== undefined);
    failure ??= outcome.failure;
    if (outcome.failure !== undefined) stopAll();
    return outcome;
  };
  const running = shares.map(runOne);

  onAbort(signals.stop, over.signal, stopAll);
  onAbort(signals.kill, over.signal, () => {
    for (const child of children) child.say({ type: "kill" });
    const cancel = clock.after(LAST_WORDS_MS, () => {
      for (const child of children) child.destroy();
    });
    over.signal.addEventListener("abort", cancel, { once: true });
  });
  const outcomes = await Promise.all(running).finally(() => over.abort());
  return concluded(outcomes, { max, isInterrupted: signals.stop.aborted, failure });
}
