import { constants } from "node:os";
import type { Signals } from "./context.js";

/** What asks a process to end. */
export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens for signals for the rest of the process: it is to end by itself, with its report. */
export function listenForSignals(emitter: NodeJS.Process): Signals {
  const stop = new AbortController();
  const kill = new AbortController();
  let first: number | undefined;
  for (const name of SIGNALS) {
    emitter.on(name, () => {
      if (first !== undefined) kill.abort();
      first ??= 128 + constants.signals[name];
      stop.abort();
    });
  }
  return { stop: stop.signal, kill: kill.signal, exitCode: () => first };
}
