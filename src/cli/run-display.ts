import type { DrainEvent, OnDrainEvent } from "../drain/events.js";
import type { CommandInput, CommonFlags } from "./context.js";
import { outputFor } from "./output.js";
import { createProgress } from "./terminal/progress.js";
import { progressModeFor } from "./terminal/terminal.js";

/** What a run tells, on standard error: its progress, and the rest as the log has it. */
export interface RunDisplay {
  readonly onEvent: OnDrainEvent;
  /** Removes the progress line. */
  stop(): void;
}

export async function createRunDisplay({
  flags,
  context,
  log,
}: CommandInput<CommonFlags>): Promise<RunDisplay> {
  const { stream, terminal, style } = outputFor(context.stderr, flags, context.env);
  const progress = await createProgress({
    mode: progressModeFor(terminal, flags.quiet === true),
    stream,
    clock: context.clock,
    style,
  });
  return {
    onEvent: (event) => {
      progress.onEvent(event);
      if (event.type === "failed") log.trace(event.error);
      if (event.type === "notice") log.warn(event.message);
      if (event.type === "retry") log.info(retryLine(event));
      if (event.type === "detour") log.info(detourLine(event));
    },
    stop: progress.stop,
  };
}

function detourLine({ action, code, pause_ms }: Extract<DrainEvent, { type: "detour" }>): string {
  return `${action}: ${code}, by way of the AWS SDK for ${pause_ms} ms`;
}

function retryLine({ what, code, attempt, delay_ms }: Extract<DrainEvent, { type: "retry" }>): string {
  return `${what}: ${code}, attempt ${attempt + 1} in ${delay_ms} ms`;
}
