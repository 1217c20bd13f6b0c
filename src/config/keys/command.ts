import { spawn } from "node:child_process";
import { systemClock } from "../../clock.js";
import { InterruptedError, UsageError } from "../../errors.js";

/** Time to type a password or to touch a token. */
const TIMEOUT_MS = 60_000;
const MOST_BYTES = 64 * 1024;

interface KeyCommandOptions {
  /** Aborted: the command is ended, and nobody waits for it. */
  readonly stop?: AbortSignal | undefined;
  /** 60,000 unless it is given. */
  readonly timeoutMs?: number;
}

/**
 * What a command prints, such as `op read ...` or `sops decrypt ...`, run by the shell. What it has to say or to ask
 * goes to the terminal; standard input is empty. Rejects with UsageError `key_command_failed`, which shows the first
 * word of the command only, since the rest may hold secrets, and nothing of its output, and with `InterruptedError`.
 */
export function runKeyCommand(command: string, options: KeyCommandOptions = {}): Promise<string> {
  const { stop, timeoutMs = TIMEOUT_MS } = options;
  const failed = (why: string): UsageError =>
    new UsageError("key_command_failed", `--key cmd: ${nameOf(command)} ${why}`);
  if (stop?.aborted === true) return Promise.reject(new InterruptedError(INTERRUPTED));
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "inherit"], windowsHide: true });
    const printed: Buffer[] = [];
    const give = (settle: () => void): void => {
      cancelTimer();
      stop?.removeEventListener("abort", onStop);
      settle();
    };
    // What the shell has started may outlive it and hold its standard output: it is not waited for.
    const giveUp = (error: Error): void => {
      child.kill();
      child.stdout.destroy();
      child.unref();
      give(() => reject(error));
    };
    const onStop = (): void => giveUp(new InterruptedError(INTERRUPTED));
    const cancelTimer = systemClock.after(timeoutMs, () =>
      giveUp(failed(`did not end within ${timeoutMs / 1000} seconds`)),
    );
    stop?.addEventListener("abort", onStop, { once: true });

    child.stdout.on("data", (chunk: Buffer) => {
      printed.push(chunk);
      const bytes = printed.reduce((total, { length }) => total + length, 0);
      if (bytes > MOST_BYTES) giveUp(failed("prints too much to be keys"));
    });
    // Not as its cause: the error's own message is the whole command.
    child.on("error", () => giveUp(failed("could not be started")));
    child.on("close", (exitCode, signal) => {
      // Ctrl-C at its prompt is for us, too.
      if (signal === "SIGINT") give(() => reject(new InterruptedError(INTERRUPTED)));
      else if (signal !== null) give(() => reject(failed(`was ended by ${signal}`)));
      else if (exitCode !== 0)
        give(() => reject(failed(EXIT_CODES.get(exitCode) ?? `ended with exit code ${exitCode}`)));
      else give(() => resolve(Buffer.concat(printed).toString("utf8")));
    });
  });
}

/** What the keys were wanted for has not begun. */
export const INTERRUPTED = "interrupted while the keys were read: nothing was changed";

/** Of a POSIX shell. */
const EXIT_CODES: ReadonlyMap<number | null, string> = new Map([
  [126, "may not be run by this user"],
  [127, "was not found"],
]);

/** A first word such as `TOKEN=...` is no name. */
function nameOf(command: string): string {
  const [first = ""] = command.trim().split(/\s/);
  return /^[\w./-]{1,60}$/.test(first) ? first : "the command";
}
