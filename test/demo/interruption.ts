import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type SignalName = (typeof SIGNALS)[number] | "SIGPIPE";

/** npm passes on a Ctrl-C that the terminal has sent already: two so close to each other are one. */
const ECHO_MS = 300;

/** The demo was told to stop. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(signal: SignalName) {
    super(`stopped by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

export interface Interruption {
  /** Aborts at the first signal, with `Interrupted` as its reason. */
  readonly signal: AbortSignal;
  /** Called at every signal, the first included, until the returned function is. */
  onSignal(action: (name: NodeJS.Signals) => void): () => void;
}

/**
 * Turns SIGINT, SIGTERM and SIGHUP into something that can be waited for, so that all is put away before the end.
 * Nobody reading stdout any more (`npm run demo | head`) is such an end too: Node tells it by an error, not by SIGPIPE.
 */
export function watchSignals(): Interruption {
  const controller = new AbortController();
  const actions = new Set<(name: NodeJS.Signals) => void>();
  let heardAtMs = Number.NEGATIVE_INFINITY;
  for (const name of SIGNALS) {
    process.on(name, () => {
      const before = heardAtMs;
      heardAtMs = performance.now();
      if (heardAtMs - before < ECHO_MS) return;
      controller.abort(new Interrupted(name));
      for (const action of actions) action(name);
    });
  }
  process.stdout.on("error", () => controller.abort(new Interrupted("SIGPIPE")));
  return {
    signal: controller.signal,
    onSignal: (action) => {
      actions.add(action);
      return () => actions.delete(action);
    },
  };
}
