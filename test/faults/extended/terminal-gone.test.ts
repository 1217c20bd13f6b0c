import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { addGate, type Bench, somebodyWaits, test, whileLocked } from "../../support/bench.js";
import { BIN } from "../../support/cli.js";
import { drainRest } from "../../support/drain-rest.js";
import { settled, traceableEvents } from "../../support/settled.js";
import { until } from "../../support/until.js";

const SCRIPT = "/usr/bin/script";
const COUNT = 2_500;

/** A shell command with the program as "$NODE" "$BIN". */
function startShell(command: readonly string[], env: Bench["env"]): ChildProcess {
  const [file = "", ...args] = command;
  return spawn(file, args, {
    env: { PATH: process.env["PATH"], SHELL: "/bin/sh", NODE: process.execPath, BIN, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.concurrent("a reader that goes away", () => {
  test.for([
    ["stdout", ["--json"]],
    ["stdout", []],
    ["stderr", ["--log-level", "debug"]],
  ] as const)(
    "on %s (%s): the drain does its work all the same",
    async ([which, args], { queue, database, env }) => {
      const sent = queue.send(traceableEvents(300));
      const child = startShell(["/bin/sh", "-c", 'exec "$NODE" "$BIN" drain "$@"', "sh", ...args], env);
      child[which]?.destroy();
      child.stdout?.resume();
      child.stderr?.resume();
      expect(await exitOf(child)).toBe(0);
      expect(await settled({ sent, queue, database })).toEqual({ rows: 300, rejects: 0, queued: 0 });
    },
  );

  test("with head -c 1: the drain does its work all the same", async ({ queue, database, env }) => {
    const sent = queue.send(traceableEvents(300));
    const child = startShell(
      ["/bin/sh", "-c", '{ "$NODE" "$BIN" drain --json; echo "code $?" >&2; } | head -c 1'],
      env,
    );
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += String(chunk);
    });
    await exitOf(child);
    await until("it has ended", () => stderr.includes("code"));
    expect(stderr).toContain("code 0");
    expect(await settled({ sent, queue, database })).toEqual({ rows: 300, rejects: 0, queued: 0 });
  });
});

describe.skipIf(!existsSync(SCRIPT)).concurrent("a terminal that is closed", () => {
  test.for([
    [
      "its report goes to a file",
      'stty cols 100; exec "$NODE" "$BIN" drain --json --batch-size 50 >"$REPORT"',
    ],
    ["all it says goes to it", 'stty cols 100; exec "$NODE" "$BIN" drain --batch-size 50'],
    ["it does not know how wide it is", 'exec "$NODE" "$BIN" drain --batch-size 50'],
  ] as const)(
    "while %s: it stops cleanly, as after a SIGHUP",
    async ([, command], { queue, database, env, drain, onTestFinished }) => {
      const folder = await mkdtemp(join(tmpdir(), "sqs2pg-terminal-"));
      const [pidFile, reportFile] = [join(folder, "pid"), join(folder, "report")];
      const sent = queue.send(traceableEvents(COUNT));
      await addGate(database);
      let ended = (): boolean => false;
      // Held in the middle of its loads, or it could be done before anything is drawn.
      await whileLocked(database, "lock table gate", async () => {
        const terminal = startShell([SCRIPT, "-qefc", `echo $$ >"$PIDFILE"; ${command}`, "/dev/null"], {
          ...env,
          PIDFILE: pidFile,
          REPORT: reportFile,
          TERM: "xterm",
        });
        onTestFinished(() => {
          terminal.kill("SIGKILL");
        });
        let drawn = "";
        terminal.stdout?.on("data", (chunk) => {
          drawn += String(chunk);
        });
        await until("a load waits", () => somebodyWaits(database));
        await until("it is drawn", () => drawn.includes("user_logins"));
        const pid = Number(await readFile(pidFile, "utf8"));
        onTestFinished(() => {
          if (isRunning(pid)) process.kill(pid, "SIGKILL");
        });
        terminal.kill("SIGKILL");
        await until(
          "the terminal is closed",
          () => terminal.exitCode !== null || terminal.signalCode !== null,
        );
        ended = () => !isRunning(pid);
      });
      await until("it has ended", ended);

      const [run] = await database.query<{ stopped_because: string; loaded: number }>(
        "select stopped_because, (counters->>'loaded')::integer as loaded from sqs2pg.runs",
      );
      expect(run?.stopped_because).toBe("signal");
      const loaded = run?.loaded ?? 0;
      expect(loaded).toBeLessThan(COUNT);
      expect(queue.counts()).toEqual({ visible: COUNT - loaded, in_flight: 0, delayed: 0 });
      expect(await settled({ sent, queue, database })).toEqual({
        rows: loaded,
        rejects: 0,
        queued: COUNT - loaded,
      });
      if (command.includes("--json")) {
        expect(JSON.parse(await readFile(reportFile, "utf8"))).toMatchObject({
          stopped_because: "signal",
          loaded,
        });
      }
      await rm(folder, { recursive: true });
      await drainRest({ queue, drain });
      expect(await settled({ sent, queue, database })).toEqual({ rows: COUNT, rejects: 0, queued: 0 });
    },
  );
});
