import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { DrainReport } from "../../drain/report.js";
import { PACKAGE_ROOT } from "../../package-root.js";
import type { FromChild, ToChild } from "./protocol.js";
import type { SentError } from "./sent-error.js";

/** `child-main.ts` as it is built. */
const MAIN = fileURLToPath(new URL("dist/child-main.js", PACKAGE_ROOT));

/** A process that has ended: with its last word, or without one. */
export type ChildEnd =
  | { readonly type: "report"; readonly report: DrainReport }
  | { readonly type: "thrown"; readonly error: SentError }
  /** `how`: its exit code or the signal that ended it. */
  | { readonly type: "died"; readonly how: string };

export interface Child {
  /** Resolves when the process is gone and all that it said has been heard. Never rejects. */
  readonly ended: Promise<ChildEnd>;
  say(message: ToChild): void;
  /** Ends it as it stands. */
  destroy(): void;
}

/** Starts a process that drains; `onMessage` hears all but its last word. */
export function startChild(onMessage: (message: FromChild) => void): Child {
  const child = forked();
  // Most of what keeps a process from being started is told by an event; the rest, such as ENOMEM, is thrown.
  if (typeof child === "string") {
    return { ended: Promise.resolve({ type: "died", how: child }), say: () => {}, destroy: () => {} };
  }
  let end: ChildEnd | undefined;
  const ended = new Promise<ChildEnd>((resolve) => {
    child.on("message", (message: FromChild) => {
      // What goes wrong after its last word changes nothing of what it has done.
      if (message.type === "report" || message.type === "thrown") end ??= message;
      else onMessage(message);
    });
    // It cannot be started, or cannot be told anything.
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ type: "died", how: error.code ?? "not started" });
    });
    // The last event of all, after the last message.
    child.on("close", (code, signal) => resolve(end ?? { type: "died", how: signal ?? `exit code ${code}` }));
  });
  return {
    ended,
    say: (message) => {
      if (child.connected) child.send(message, () => {});
    },
    destroy: () => {
      // Node would end our whole process group in the place of a process that it has just not been able to start.
      if (child.pid !== undefined) child.kill("SIGKILL");
    },
  };
}

/** The process, or why there is none. */
function forked(): ChildProcess | string {
  try {
    // Nothing of it goes to standard output, which is the result; on standard error it says where errors come from.
    return fork(MAIN, [], { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    return typeof code === "string" ? code : "not started";
  }
}
