import { resolveSettings } from "../../config/resolve.js";
import { drain } from "../../drain/drain.js";
import { type DrainFlags, drainNeeds, drainOptions } from "../drain-options.js";
import { keepHeapLean } from "../lean-heap.js";
import type { Log } from "../log.js";
import { logFor } from "../output.js";
import { SIGNALS } from "../signals.js";
import type { FromChild, ToChild } from "./protocol.js";
import { packError } from "./sent-error.js";

/**
 * Drains for the parent of this process, as it says, and tells it everything; then it exits. When the parent is gone it
 * stops as by a first signal.
 */
export async function runChild(process: NodeJS.Process): Promise<void> {
  const stop = new AbortController();
  const kill = new AbortController();
  const { send, sent } = createSend(process);
  const end = async (message: FromChild): Promise<void> => {
    send(message);
    await sent();
    // There may be work under way, such as a call without an answer, that nobody waits for.
    process.exit();
  };

  const flags = new Promise<DrainFlags>((resolve) => {
    process.on("message", (message: ToChild) => {
      if (message.type === "start") resolve(message.flags);
      if (message.type === "stop") stop.abort();
      if (message.type === "kill") kill.abort();
    });
  });
  process.on("disconnect", () => {
    stop.abort();
    // Nobody else can tell it any more to end at once.
    for (const name of SIGNALS) process.on(name, () => kill.abort());
  });
  // Before the first word of a parent that is gone there is nothing to finish.
  if (!process.connected) return;
  send({ type: "ready" });

  const given = await unlessAborted(flags, stop.signal);
  if (given === undefined) return process.exit();
  keepHeapLean();
  const log = logFor(given, process);
  // Node would print the error with all its fields, and a driver's holds values.
  process.on("uncaughtException", (error) => {
    log.trace(error);
    void end({ type: "thrown", error: packError(error) });
  });
  await end(await answerOf(given, { log, send, stop: stop.signal, kill: kill.signal }));
}

interface Run {
  readonly log: Log;
  readonly send: (message: FromChild) => void;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}

async function answerOf(flags: DrainFlags, { log, send, stop, kill }: Run): Promise<FromChild> {
  try {
    const settings = await resolveSettings({ flags, stop, needs: drainNeeds(flags) });
    const report = await drain(settings, {
      ...drainOptions(flags),
      ...{ stop, kill },
      onEvent: (event) => {
        if (event.type === "failed") log.trace(event.error);
        else send({ type: "event", event });
      },
      onWarning: (message) => send({ type: "warning", message }),
    });
    return { type: "report", report };
  } catch (error) {
    log.trace(error);
    return { type: "thrown", error: packError(error) };
  }
}

interface Sender {
  readonly send: (message: FromChild) => void;
  /** Resolves when nothing is on its way any more. */
  readonly sent: () => Promise<void>;
}

/** A parent that is gone hears nothing, and that is no reason to fail. */
function createSend(process: NodeJS.Process): Sender {
  let last = Promise.resolve();
  return {
    send: (message) => {
      last = new Promise((resolve) => {
        if (process.send === undefined || !process.connected) return resolve();
        process.send(message, undefined, {}, () => resolve());
      });
    },
    sent: () => last,
  };
}

function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return Promise.race([work, aborted]);
}
