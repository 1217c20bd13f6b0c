import { expect, it } from "vitest";
import { createProgress, type ProgressDisplay } from "../../../../src/cli/terminal/progress.js";
import type { ProgressMode } from "../../../../src/cli/terminal/terminal.js";
import type { Clock } from "../../../../src/clock.js";
import type { DrainEvent, Retried } from "../../../../src/drain/events.js";
import { plainStyle, started } from "./fixtures.js";

const NOTHING = { received: 0, loaded: 0, duplicates: 0, rejected: 0, released: 0, deleted: 0, pollers: 1 };

function progressed(loaded: number, rejected = 0): DrainEvent {
  return { type: "progress", progress: { ...NOTHING, received: loaded, loaded, rejected } };
}

function retry(what: Retried, code: string, delay_ms: number): DrainEvent {
  return { type: "retry", what, code, attempt: 1, delay_ms };
}

/** A clock that stands still until it is moved. */
function manualClock(): Clock & { advance(byMs: number): void; readonly timers: () => number } {
  let nowMs = 0;
  const timers = new Map<symbol, { atMs: number; action: () => void }>();
  return {
    now: () => nowMs,
    random: () => 0,
    turn: () => Promise.resolve(),
    after: (delayMs, action) => {
      const key = Symbol("timer");
      timers.set(key, { atMs: nowMs + delayMs, action });
      return () => timers.delete(key);
    },
    advance: (byMs) => {
      const untilMs = nowMs + byMs;
      for (;;) {
        const [next] = [...timers]
          .filter(([, { atMs }]) => atMs <= untilMs)
          .sort((a, b) => a[1].atMs - b[1].atMs);
        if (next === undefined) break;
        timers.delete(next[0]);
        nowMs = next[1].atMs;
        next[1].action();
      }
      nowMs = untilMs;
    },
    timers: () => timers.size,
  };
}

interface Scene extends ProgressDisplay {
  readonly clock: ReturnType<typeof manualClock>;
  /** What was written since it was last asked. */
  written(): string;
}

async function scene(mode: ProgressMode, isTTY = false): Promise<Scene> {
  const clock = manualClock();
  let text = "";
  const stream = {
    isTTY,
    columns: 80,
    write: (chunk: string) => {
      text += chunk;
      return true;
    },
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    once: () => {},
    removeListener: () => {},
  } as unknown as NodeJS.WriteStream;
  const written = (): string => {
    const result = text;
    text = "";
    return result;
  };
  return { ...(await createProgress({ mode, stream, clock, style: plainStyle })), clock, written };
}

it("writes nothing at all when silent", async () => {
  const { onEvent, stop, clock, written } = await scene("silent");
  for (const event of [
    started,
    progressed(10),
    retry("load", "57P01", 9_000),
    { type: "stopping", because: "signal" },
  ]) {
    onEvent(event as DrainEvent);
    clock.advance(10_000);
  }
  stop();
  expect(written()).toBe("");
  expect(clock.timers()).toBe(0);
});

it("tells of trouble that keeps everything waiting, however short the waits between its attempts", async () => {
  const { onEvent, clock, written } = await scene("lines");
  onEvent(started);
  onEvent(progressed(10));
  onEvent(retry("load", "connection_timeout", 50));
  expect(written()).toBe("");
  clock.advance(2_000);
  onEvent(retry("load", "connection_timeout", 50));
  expect(written()).toContain("PostgreSQL is not answering (connection_timeout)");
});

it("forgets a trouble that is not heard of again, although nothing moves", async () => {
  const { onEvent, clock, written } = await scene("lines");
  onEvent(started);
  onEvent(retry("receive", "ECONNREFUSED", 1_000));
  clock.advance(10_000);
  expect(written()).toContain("SQS is not answering (ECONNREFUSED), trying again\n");
  clock.advance(10_000);
  expect(written()).toMatch(/user_logins {2}0 \/ ~100,000 {2}0\/s\n$/);
});

it("writes a plain line every five seconds, with the rate of the last ones", async () => {
  const { onEvent, stop, clock, written } = await scene("lines");
  onEvent(started);
  for (let second = 1; second < 5; second += 1) {
    clock.advance(1_000);
    onEvent(progressed(second * 1_000));
  }
  expect(written()).toBe("");
  clock.advance(1_000);
  expect(written()).toBe("login-queue → user_logins  4,000 / ~100,000  800/s  eta 2 m 00 s\n");
  clock.advance(1_000);
  onEvent(progressed(14_000, 2));
  clock.advance(4_000);
  expect(written()).toBe("login-queue → user_logins  14,002 / ~100,000  2,000/s  2 rejected  eta 43 s\n");
  stop();
  clock.advance(60_000);
  expect(written()).toBe("");
  expect(clock.timers()).toBe(0);
});

it("tells once that it stops, and of trouble at most every five seconds", async () => {
  const { onEvent, clock, written } = await scene("lines");
  onEvent(started);
  onEvent(retry("load", "57P01", 2_000));
  const trouble =
    "login-queue → user_logins  0 / ~100,000  PostgreSQL is not answering (57P01), next try in 2 s\n";
  expect(written()).toBe(trouble);
  clock.advance(1_000);
  onEvent(retry("load", "57P01", 2_000));
  expect(written()).toBe("");
  onEvent({ type: "stopping", because: "signal" });
  onEvent({ type: "stopping", because: "signal" });
  expect(written()).toBe(
    "login-queue → user_logins  0 / ~100,000  PostgreSQL is not answering, finishing what is in hand (Ctrl-C again: at once)\n",
  );
  clock.advance(2_000);
  onEvent(progressed(500));
  clock.advance(2_000);
  expect(written()).toBe(
    "login-queue → user_logins  500 / ~100,000  finishing what is in hand (Ctrl-C again: at once)\n",
  );
});

it.each([
  [retry("load", "40P01", 1_000), "PostgreSQL asks for another try (40P01), next try in 1 s"],
  [retry("record", "57P01", 1_000), "PostgreSQL is not answering (57P01), next try in 1 s"],
  [retry("rejects", "57P01", 1_000), "PostgreSQL is not answering (57P01), next try in 1 s"],
  [retry("delete", "ECONNREFUSED", 1_000), "SQS is not answering (ECONNREFUSED), next try in 1 s"],
  [retry("release", "ECONNREFUSED", 1_000), "SQS is not answering (ECONNREFUSED), next try in 1 s"],
  [retry("receive", "ECONNREFUSED", 1_500), "SQS is not answering (ECONNREFUSED), next try in 2 s"],
  [
    retry("receive", "ThrottlingException", 900),
    "SQS asks for another try (ThrottlingException), next try in 1 s",
  ],
  [retry("delete", "InternalError", 900), "SQS asks for another try (InternalError), next try in 1 s"],
])("names who is waited for: %j", async (event, text) => {
  const { onEvent, written } = await scene("lines");
  onEvent(started);
  onEvent(event);
  expect(written()).toContain(text);
});

it.each(["lines", "spinner"] as const)("leaves a notice to the log: %s", async (mode) => {
  const { onEvent, stop, clock, written } = await scene(mode, mode === "spinner");
  onEvent({ type: "notice", message: "too early" });
  onEvent(started);
  written();
  onEvent({ type: "notice", message: "The ledger is long." });
  clock.advance(5_000);
  stop();
  expect(written()).not.toMatch(/early|ledger/);
});

it("keeps quiet about waits too short to be read", async () => {
  const { onEvent, written } = await scene("lines");
  onEvent(started);
  onEvent(retry("load", "40001", 100));
  expect(written()).toBe("");
});

it("counts against --max when that is less than the backlog, and against nothing once that is passed", async () => {
  const { onEvent, clock, written } = await scene("lines");
  onEvent({ ...started, max: 1_000 });
  onEvent(progressed(400));
  clock.advance(5_000);
  expect(written()).toContain("  400 / 1,000  ");
  onEvent(progressed(1_001));
  clock.advance(5_000);
  expect(written()).toMatch(/ {2}1,001 {2}[\d.]+\/s\n$/);
});

it("lets no control character of a name or a code through", async () => {
  const { onEvent, written } = await scene("lines");
  onEvent({ ...started, queue: "q\u001b[31m", table: "t\u0007" } as DrainEvent);
  onEvent(retry("load", "\u001b[2J", 5_000));
  expect(written()).toMatch(/^[^\p{Cc}]+\n$/u);
});

it("draws one line over itself, and leaves neither line nor hidden cursor behind", async () => {
  const { onEvent, stop, clock, written } = await scene("spinner", true);
  onEvent(started);
  const first = written();
  expect(first).toContain("⠋ login-queue → user_logins  0 / ~100,000");
  onEvent(progressed(500));
  clock.advance(250);
  stop();
  stop();
  const all = first + written();
  expect(all).not.toContain("\n");
  expect(all).not.toContain("\u001b[?25l");
  expect(clock.timers()).toBe(0);
  onEvent(progressed(900));
  clock.advance(5_000);
  expect(written()).toBe("");
});

it("counts what a dry run has read, since it gives back nothing before its end", async () => {
  const { onEvent, clock, written } = await scene("lines");
  onEvent({ ...started, max: 1_000, dry_run: true } as DrainEvent);
  onEvent({ type: "progress", progress: { ...NOTHING, received: 400 } });
  clock.advance(5_000);
  expect(written()).toContain("  400 / 1,000  ");
});
