import { spawn } from "node:child_process";
import { once } from "node:events";
import { execa } from "execa";
import { describe, expect } from "vitest";
import { DRAIN_REPORT_FIELDS, test } from "../support/bench.js";
import { BIN, runCli } from "../support/cli.js";
import { FOREIGN_BODY, loginEvents } from "../support/events.js";

const events = [...loginEvents(40, { foreign: 0, duplicates: 0 }), FOREIGN_BODY];
const ESCAPE = "\u001b";
/** Cursor to the first column, and the line cleared from there (ECMA-48: CHA, EL). */
const CLEAR_LINE = `${ESCAPE}[1G${ESCAPE}[0K`;

/** `script` of util-linux runs a command on a pseudo-terminal; others of that name take other flags. */
const { failed: scriptIsMissing } = await execa("script", ["--version"], { reject: false });

/** What a terminal of `columns` gets from both streams of a command. */
async function onTerminal(
  args: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const command = `stty cols ${columns}; exec "$NODE" "$BIN" ${args.join(" ")}`;
  const { stdout } = await execa("script", ["-qec", command, "/dev/null"], {
    env: { PATH: process.env["PATH"], TERM: "xterm", LANG: "C.UTF-8", NODE: process.execPath, BIN, ...env },
    extendEnv: false,
    reject: false,
  });
  return stdout;
}

describe.concurrent("drain's output", () => {
  test("--json is one line in a pipe, with the fields of the design in their order; stderr is clean", async ({
    queue,
    drain,
  }) => {
    queue.send(events);
    const { report, stdout, stderr } = await drain(["--quiet"]);
    expect(stderr).toBe("");
    expect(stdout).toBe(`${JSON.stringify(report)}\n`);
    expect(Object.keys(report)).toEqual(DRAIN_REPORT_FIELDS);
    expect(Object.keys(report.requests)).toEqual(["receive", "delete", "extend", "other"]);
    expect(Object.keys(report.rejects[0] ?? {})).toEqual(["code", "field", "count", "example_message_id"]);
    expect(Object.keys(report.queue_after ?? {})).toEqual(["visible", "in_flight", "delayed"]);
  });

  test("in a pipe is plain: no colours, no line drawn over itself", async ({ queue, env }) => {
    queue.send(events);
    const { stdout, stderr } = await runCli(["drain"], { env });
    expect(stdout).toMatch(new RegExp(`Drained ${queue.name} into user_logins`));
    expect(stdout).toContain("missing");
    expect(stdout + stderr).not.toContain(ESCAPE);
    expect(stdout + stderr).not.toContain("\r");
  });

  test("in a pipe is neither broken nor cut; COLUMNS limits it", async ({ queue, env }) => {
    queue.send(events);
    const whole = await runCli(["peek", "--max", "10"], { env });
    expect(whole.stdout).toMatch(/^\S+ +\S+ +[0-9a-f]{64} +[0-9a-f]{64} /m);
    expect(whole.stdout).toMatch(/^Peeking raised .*\.$/m);
    const limited = await runCli(["peek", "--max", "10"], { env: { ...env, COLUMNS: "60" } });
    for (const line of limited.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  test("--quiet says nothing on stderr, and the summary stays", async ({ queue, env }) => {
    queue.send(events);
    const { stdout, stderr } = await runCli(["drain", "--quiet"], { env });
    expect(stderr).toBe("");
    expect(stdout).toContain("Drained");
  });

  test.for<[what: string, args: readonly string[], env: Readonly<Record<string, string>>, colours: boolean]>([
    ["FORCE_COLOR", [], { FORCE_COLOR: "1" }, true],
    ["NO_COLOR beats FORCE_COLOR", [], { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    ["--no-color beats FORCE_COLOR", ["--no-color"], { FORCE_COLOR: "1" }, false],
    ["--json has none", ["--json"], { FORCE_COLOR: "1" }, false],
  ])("colours: %s", async ([, args, colourEnv, colours], { env }) => {
    const { stdout } = await runCli(["drain", ...args], { env: { ...env, ...colourEnv } });
    expect(stdout.includes(ESCAPE)).toBe(colours);
  });

  test("an error is red where colours are wanted, and plain elsewhere", async () => {
    const loud = await runCli(["drain", "--max", "0"], { env: { FORCE_COLOR: "1" } });
    expect(loud.stderr).toContain(`${ESCAPE}[31msqs2pg:`);
    const plain = await runCli(["drain", "--max", "0", "--no-color"], { env: { FORCE_COLOR: "1" } });
    expect(plain.stderr).not.toContain(ESCAPE);
  });
});

describe.skipIf(scriptIsMissing).concurrent("on a terminal", () => {
  test.for([30, 80])("of %i columns no line of the summary is wider", async (columns, { queue, env }) => {
    queue.send(events);
    const screen = await onTerminal(["drain", "--quiet", "--no-color"], columns, env);
    expect(screen).toContain("user_logins");
    for (const line of screen.split(/\r?\n/)) expect(line.length).toBeLessThanOrEqual(columns);
  });

  test("--json is indented, for people", async ({ queue, env }) => {
    queue.send(events);
    const screen = await onTerminal(["drain", "--quiet", "--json"], 80, env);
    expect(screen).toMatch(/^\{\r?\n {2}"run_id": /);
  });

  test("progress is drawn over itself and gone in the end, the summary has colours", async ({
    queue,
    env,
  }) => {
    queue.send(events);
    const screen = await onTerminal(["drain"], 100, env);
    expect(screen).toContain(CLEAR_LINE);
    const summary = screen.slice(screen.lastIndexOf(CLEAR_LINE) + CLEAR_LINE.length);
    expect(summary).toMatch(/^\W+1mDrained /);
    expect(summary).not.toContain("/ ~41");
  });

  test("NO_COLOR leaves the progress and takes the colours", async ({ queue, env }) => {
    queue.send(events);
    const screen = await onTerminal(["drain"], 100, { ...env, NO_COLOR: "1" });
    expect(screen).toContain(CLEAR_LINE);
    expect(screen.split(ESCAPE).filter((text) => /^\[[0-9;]*m/.test(text))).toEqual([]);
  });
});

describe.concurrent("whoever reads the output goes away", () => {
  test.for([["stdout"], ["stderr"], ["stdout", "stderr"]] as const)(
    "%s: the run completes its deletes all the same",
    async (closed, { queue, env, database }) => {
      queue.send(events);
      const child = spawn(process.execPath, [BIN, "drain", "--log-level", "debug"], {
        env: { PATH: process.env["PATH"], ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      for (const stream of [child.stdout, child.stderr]) stream.resume();
      for (const name of closed) child[name].destroy();
      const [exitCode] = await once(child, "exit");
      expect(exitCode).toBe(3);
      expect(queue.messageIds()).toHaveLength(1);
      expect(await database.query("select from user_logins")).toHaveLength(40);
    },
  );

  test("drain | head -c 1", async ({ queue, env }) => {
    queue.send(events);
    const command = '{ "$NODE" "$BIN" drain; echo "exit $?" >&2; } | head -c 1';
    const { stderr } = await execa("sh", ["-c", command], {
      env: { PATH: process.env["PATH"], NODE: process.execPath, BIN, ...env },
      extendEnv: false,
    });
    expect(stderr).toMatch(/exit 3$/);
    expect(queue.messageIds()).toHaveLength(1);
  });
});
