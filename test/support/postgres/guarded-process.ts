import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Account } from "./account.js";

/**
 * How to end PostgreSQL: `fast` breaks off the sessions and writes everything down, `immediate` is a crash
 * (https://www.postgresql.org/docs/18/server-shutdown.html).
 */
export type StopMode = "fast" | "immediate";

export interface GuardedProcess {
  readonly exited: boolean;
  stop(mode: StopMode): Promise<void>;
}

/**
 * A shell stands between us and the server and reads from a pipe that we hold. A word on it is the signal to send.
 * Its end means that we are gone, for whatever reason, kill -9 included: then the server ends and its folder goes.
 * Arguments: the folder, the log file, the server's command line.
 */
const GUARD = `
folder=$1 log=$2
shift 2
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
( if read -r signal <&3; then kill -s "$signal" $server; exit 0; fi
  kill -s QUIT $server
  exit 1 ) &
guard=$!
wait $server
kill $guard 2>/dev/null
wait $guard
if [ $? = 1 ]; then rm -rf "$folder"; fi
`;

export interface GuardedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Removed if we die; also the working directory. */
  readonly folder: string;
  readonly logFile: string;
  readonly account: Account;
}

/**
 * Starts a server in a process group of its own, so that Ctrl-C in the terminal reaches us alone and we decide when
 * the server goes.
 */
export function startGuarded({ command, args, folder, logFile, account }: GuardedCommand): GuardedProcess {
  const shell = spawn("/bin/sh", ["-c", GUARD, "guard", folder, logFile, command, ...args], {
    ...account,
    cwd: folder,
    detached: true,
    env: { PATH: process.env["PATH"] ?? "", TZ: "UTC" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.stdin?.on("error", ignoreClosedPipe);
  shell.once("exit", () => shell.stdin?.end());
  return {
    get exited() {
      return hasExited(shell);
    },
    async stop(mode) {
      if (hasExited(shell)) return;
      const exit = once(shell, "exit");
      shell.stdin?.write(mode === "fast" ? "INT\n" : "QUIT\n");
      await exit;
    },
  };
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The shell ended before it was told to: whoever waits for it sees that. */
function ignoreClosedPipe(): void {}
