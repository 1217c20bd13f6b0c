import { execFile } from "node:child_process";
import { UsageError } from "../../errors.js";

/** Time to type a password or to touch a token. */
const TIMEOUT_MS = 60_000;
const MOST_BYTES = 64 * 1024;

/**
 * What a command prints, such as `op read ...` or `sops decrypt ...`, run by the shell. What it has to say or to ask goes
 * to the terminal. Throws UsageError `key_command_failed`, which shows the command's first word only, since the rest may
 * hold secrets, and nothing of its output.
 */
export function runKeyCommand(command: string): Promise<string> {
  const name = command.trim().split(/\s/)[0] ?? "";
  const [shell, args] =
    process.platform === "win32"
      ? (["cmd.exe", ["/d", "/s", "/c", command]] as const)
      : (["/bin/sh", ["-c", command]] as const);
  return new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: MOST_BYTES, encoding: "utf8" } as const;
    const child = execFile(shell, [...args], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(failure(name, error));
    });
    child.stdin?.end();
    child.stderr?.pipe(process.stderr, { end: false });
  });
}

function failure(
  name: string,
  error: Error & { code?: unknown; killed?: boolean; signal?: unknown },
): UsageError {
  const shown = /^[\w./-]{1,60}$/.test(name) ? name : "the command";
  const why = ((): string => {
    if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "prints too much to be keys";
    if (error.killed === true) return `did not end within ${TIMEOUT_MS / 1000} seconds`;
    if (error.code === 127) return "was not found";
    if (typeof error.code === "number") return `ended with exit code ${error.code}`;
    return typeof error.signal === "string" ? `was ended by ${error.signal}` : "could not be started";
  })();
  // Not as its cause: the error's own message is the whole command.
  return new UsageError("key_command_failed", `--key cmd: ${shown} ${why}`);
}
