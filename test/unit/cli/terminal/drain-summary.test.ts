import { describe, expect, it } from "vitest";
import { renderDrainReport } from "../../../../src/cli/terminal/drain-summary.js";
import type { Style } from "../../../../src/cli/terminal/style.js";
import type { DrainReport } from "../../../../src/drain/report.js";
import { colorStyle, goodReport, plainStyle, troubledReport, visible } from "./fixtures.js";

function render(report: DrainReport, columns: number, style: Style = plainStyle): string {
  const options = { onReject: "leave", rejectsTable: "sqs2pg.rejects", sameFlags: "" } as const;
  return `\n${renderDrainReport(report, { style, columns, ...options })}`;
}

function headline(report: Partial<DrainReport>): string | undefined {
  return render({ ...goodReport, ...report }, Number.POSITIVE_INFINITY)
    .split("\n\n")[0]
    ?.trim();
}

it("shows a good run", () => {
  expect(render(goodReport, 80)).toMatchInlineSnapshot(`
    "
    Drained login-queue into user_logins in 12.3 s

      loaded          99,712
      duplicates         288  dealt with before, not loaded again
      rejected             0
      released             0
      in doubt             0
      ──────────────────────
      received       100,000

      deleted        100,000
      delete failed        0
      left on queue        0  visible, 0 in flight, 0 delayed

      rate             8,100  messages a second
      batches            101
      retries              0
      requests        20,230  to SQS, 202 per 1,000 messages
    "
  `);
});

it.each([81, 120, 200])("does not stretch at %d columns", (columns) => {
  expect(render(goodReport, columns)).toBe(render(goodReport, 80));
});

it("shows an interrupted run as completely", () => {
  expect(render(troubledReport, 80)).toMatchInlineSnapshot(`
    "
    Interrupted: draining login-queue into user_logins ended after 12.3 s

      loaded          98,360
      duplicates         288  dealt with before, not loaded again
      rejected         1,000  left on the queue
      released           340  left to the queue, not loaded
      in doubt            12  ended before it was known whether they were loaded
      ──────────────────────
      received       100,000

      deleted         98,645
      delete failed        3  loaded, but still on the queue: the redelivery will be
                              a duplicate
      left on queue        ?  not known

      rate             8,100  messages a second
      batches            101
      retries              2
      requests        20,230  to SQS, 202 per 1,000 messages

    Warnings
      1,203  app_version: not convertible, became NULL

    Rejects
      count  code      field    example message
      ─────  ────────  ───────  ────────────────────────────────────
        991  missing   user_id  0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11
          9  not_json  (body)   1b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11

    Rejects and their reasons: sqs2pg rejects
    The messages in doubt: run the same command again, what had been loaded counts
    as duplicate.
    "
  `);
});

it("puts remarks closer together at 60 columns", () => {
  expect(render(troubledReport, 60)).toMatchInlineSnapshot(`
    "
    Interrupted: draining login-queue into user_logins ended
    after 12.3 s

      loaded          98,360
      duplicates         288  dealt with before, not loaded
                              again
      rejected         1,000  left on the queue
      released           340  left to the queue, not loaded
      in doubt            12  ended before it was known whether
                              they were loaded
      ──────────────────────
      received       100,000

      deleted         98,645
      delete failed        3  loaded, but still on the queue:
                              the redelivery will be a duplicate
      left on queue        ?  not known

      rate             8,100  messages a second
      batches            101
      retries              2
      requests        20,230  to SQS, 202 per 1,000 messages

    Warnings
      1,203  app_version: not convertible, became NULL

    Rejects
      count  code      field
      ─────  ────────  ───────
        991  missing   user_id
        example: 0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11
          9  not_json  (body)
        example: 1b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11

    Rejects and their reasons: sqs2pg rejects
    The messages in doubt: run the same command again, what had
    been loaded counts as duplicate.
    "
  `);
});

it("puts remarks below their numbers at 30 columns", () => {
  expect(render(troubledReport, 30)).toMatchInlineSnapshot(`
    "
    Interrupted: draining
    login-queue into user_logins
    ended after 12.3 s

      loaded          98,360
      duplicates         288
        dealt with before, not
        loaded again
      rejected         1,000
        left on the queue
      released           340
        left to the queue, not
        loaded
      in doubt            12
        ended before it was known
        whether they were loaded
      ──────────────────────
      received       100,000

      deleted         98,645
      delete failed        3
        loaded, but still on the
        queue: the redelivery will
        be a duplicate
      left on queue        ?
        not known

      rate             8,100
        messages a second
      batches            101
      retries              2
      requests        20,230
        to SQS, 202 per 1,000
        messages

    Warnings
      1,203  app_version: not
             convertible, became
             NULL

    Rejects
      count  code      field
      ─────  ────────  ───────
        991  missing   user_id
        example:
        0b0e7c1a-4f43-4d3b-9d7b-1f
        1f0d3c9a11
          9  not_json  (body)
        example:
        1b0e7c1a-4f43-4d3b-9d7b-1f
        1f0d3c9a11

    Rejects and their reasons:
      sqs2pg rejects
    The messages in doubt: run the
    same command again, what had
    been loaded counts as
    duplicate.
    "
  `);
});

it("puts numbers below their names where both do not fit", () => {
  const lines = render({ ...goodReport, received: 10_000_000_000, loaded: 10_000_000_000 }, 20).split("\n");
  expect(lines.slice(lines.indexOf("  in doubt"), lines.indexOf("  in doubt") + 5)).toEqual([
    "  in doubt",
    "    0",
    "  ──────────────────",
    "  received",
    "    10,000,000,000",
  ]);
});

it("uses colour for what it means", () => {
  expect(
    visible(render(troubledReport, 80, colorStyle))
      .split("\n")
      .slice(1, 9),
  ).toMatchInlineSnapshot(`
    [
      "ESC[33mInterrupted: draining login-queue into user_logins ended after 12.3 sESC[39m",
      "",
      "  loaded          98,360",
      "  duplicates         288  ESC[2mdealt with before, not loaded againESC[22m",
      "  ESC[33mrejectedESC[39m         ESC[33m1,000ESC[39m  ESC[2mleft on the queueESC[22m",
      "  released           340  ESC[2mleft to the queue, not loadedESC[22m",
      "  ESC[33min doubtESC[39m            ESC[33m12ESC[39m  ESC[2mended before it was known whether they were loadedESC[22m",
      "  ESC[2m──────────────────────ESC[22m",
    ]
  `);
  expect(visible(render(goodReport, 80, colorStyle)).split("\n")[1]).toBe(
    "ESC[32mDrained login-queue into user_logins in 12.3 sESC[39m",
  );
});

describe("headlines", () => {
  it.each([
    [{}, "Drained login-queue into user_logins in 12.3 s"],
    [{ received: 0, loaded: 0, duplicates: 0 }, "Nothing to drain: login-queue handed out no messages"],
    [
      { stopped_because: "max" },
      "Drained 100,000 messages of login-queue into user_logins in 12.3 s, as many as asked for",
    ],
    [
      { stopped_because: "max-duration" },
      "Drained login-queue into user_logins for 12.3 s, as long as asked for",
    ],
    [{ stopped_because: "signal" }, "Interrupted: draining login-queue into user_logins ended after 12.3 s"],
    [
      { stopped_because: "rejects", rejected: 20_000 },
      "Stopped: too many rejects, 20,000 of 100,000 messages; draining login-queue into user_logins ended after 12.3 s",
    ],
    [
      { stopped_because: "error", error: { kind: "failed", code: "x", message: "no table\u001b" } },
      "Failed: draining login-queue into user_logins ended after 12.3 s\nno table\\u001b",
    ],
    [
      { dry_run: true },
      "Dry run: nothing was loaded or deleted\nFinished reading login-queue for user_logins in 12.3 s",
    ],
    [
      { dry_run: true, stopped_because: "max", received: 500 },
      "Dry run: nothing was loaded or deleted\nRead 500 messages of login-queue for user_logins in 12.3 s, as many as asked for",
    ],
    [
      { dry_run: true, stopped_because: "max-duration" },
      "Dry run: nothing was loaded or deleted\nRead login-queue for user_logins for 12.3 s, as long as asked for",
    ],
    [
      { dry_run: true, received: 0 },
      "Dry run: nothing was loaded or deleted\nNothing to read: login-queue handed out no messages",
    ],
    [
      { dry_run: true, stopped_because: "signal" },
      "Dry run: nothing was loaded or deleted\nInterrupted: reading login-queue for user_logins ended after 12.3 s",
    ],
  ] as const)("says how a run ended: %j", (report, text) => expect(headline(report)).toBe(text));
});

it("says where rejects went", () => {
  const options = { style: plainStyle, columns: 120, rejectsTable: "etl.rejects", sameFlags: " --queue q" };
  const quarantined = renderDrainReport(troubledReport, { ...options, onReject: "quarantine" });
  expect(quarantined).toContain("rejected         1,000  sealed into etl.rejects\n");
  expect(quarantined).toContain(
    "Rejects and their reasons: sqs2pg rejects --queue q\nTo load what fits later: sqs2pg replay --queue q\n",
  );
  const dry = renderDrainReport({ ...troubledReport, dry_run: true }, { ...options, onReject: "quarantine" });
  expect(dry).not.toContain("etl.rejects");
});

it("says of a dry run what would be", () => {
  const report: DrainReport = {
    ...goodReport,
    dry_run: true,
    stopped_because: "max",
    received: 500,
    loaded: 0,
    duplicates: 0,
    rejected: 35,
    released: 465,
    deleted: 0,
    batches: 0,
    duration_ms: 400,
    requests: { receive: 50, delete: 0, extend: 50, other: 3 },
    queue_after: { visible: 1_000, in_flight: 0, delayed: 0 },
  };
  expect(render(report, 80)).toMatchInlineSnapshot(`
    "
    Dry run: nothing was loaded or deleted
    Read 500 messages of login-queue for user_logins in 0.4 s, as many as asked for

      would load      465  those loaded before would be duplicates
      would reject     35
      ───────────────────
      received        500  all given back to the queue

      on the queue  1,000  visible, 0 in flight, 0 delayed

      retries           0
      requests        103  to SQS

    The receive count of each message read went up by 1: a redrive policy counts dry
    runs, too.
    "
  `);
});

it("says of a dry run that was cut off what was not given back", () => {
  const text = render({ ...troubledReport, dry_run: true }, 120);
  expect(text).toContain(
    "in doubt           12  not given back, visible again when their visibility timeout ends\n",
  );
  expect(text).not.toContain("all given back");
});

it("says what an empty-looking queue still holds", () => {
  const held = { ...goodReport, queue_after: { visible: 1_200, in_flight: 0, delayed: 0 } };
  const note =
    "1,200 visible messages could not be received: held by a FIFO group, another consumer, or a counter that lags.";
  expect(render(held, Number.POSITIVE_INFINITY)).toContain(`\n\n${note}\n`);
  for (const other of [{ stopped_because: "max" }, { dry_run: true }, { queue_after: null }] as const) {
    expect(render({ ...held, ...other }, 200)).not.toContain("could not be received");
  }
});

it("says what to do about a run that too many rejects have stopped", () => {
  expect(render({ ...goodReport, stopped_because: "rejects", rejected: 20_000 }, 200)).toContain(
    "\nLook into them before the next run.\n",
  );
});

it.each([
  [{ received: 999 }, "to SQS\n"],
  [{ received: 1_000 }, "to SQS, 20,230 per 1,000 messages\n"],
])("tells the requests per 1,000 messages only of 1,000 and more: %j", (report, text) => {
  expect(render({ ...goodReport, ...report }, 80)).toContain(text);
});

it.each([
  [{ received: 99 }, false],
  [{ received: 100 }, true],
  [{ duration_ms: 999 }, false],
  [{ duration_ms: 1_000 }, true],
])("tells the rate only where there is one to speak of: %j", (report, isTold) => {
  expect(render({ ...goodReport, ...report }, 80).includes("  rate ")).toBe(isTold);
});

it("breaks and cuts nothing where there is no width", () => {
  const code = "c".repeat(200);
  const report: DrainReport = {
    ...troubledReport,
    queue: "q".repeat(150),
    rejects: [{ code, field: null, count: 1, example_message_id: "id" }],
  };
  const text = render(report, Number.POSITIVE_INFINITY);
  expect(text).toContain(`\nInterrupted: draining ${"q".repeat(150)} into user_logins ended after 12.3 s\n`);
  expect(text).toContain(`  ${code}  (body)  id\n`);
  expect(text).toContain("run the same command again, what had been loaded counts as duplicate.\n");
});
