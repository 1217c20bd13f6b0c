import { describe, expect, test } from "vitest";
import { renderReplayReport } from "../../../../src/cli/terminal/replay-summary.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import type { ReplayReport } from "../../../../src/rejects/replay-report.js";
import { asciiStyle, colorStyle, plainStyle, visible } from "./fixtures.js";

const report: ReplayReport = {
  ...{ run_id: "6f1c1b8e-0000-4000-8000-000000000000", queue: "login-queue", table: "user_logins" },
  ...{ started_at: "2026-03-01T12:00:00.000Z", finished_at: "2026-03-01T12:00:02.345Z", duration_ms: 2_345 },
  ...{ dry_run: false, stopped_because: "done", read: 1_250, loaded: 1_200, duplicates: 9, rejected: 41 },
  ...{ rows: 1_200, superseded: 0 },
  ...{ not_tried: 0, in_doubt: 0, batches: 2, retries: 0, warnings: { app_version: { not_convertible: 3 } } },
  rejects: [
    {
      code: "missing",
      field: "user_id",
      count: 40,
      example_message_id: "0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11",
    },
    {
      code: "sealed_wrong_key",
      field: null,
      count: 1,
      example_message_id: "1b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11",
    },
  ],
  sealed_after: 41,
};
const clean: ReplayReport = {
  ...report,
  read: 9,
  loaded: 9,
  duplicates: 0,
  rejected: 0,
  rejects: [],
  sealed_after: 0,
  warnings: {},
};

const render = (given: ReplayReport, columns = 100): string =>
  renderReplayReport(given, { style: plainStyle, columns, sameFlags: " --queue q" });

describe("a replay's report for people", () => {
  test("has every count, and what is sealed still", () => {
    expect(render(report)).toMatchInlineSnapshot(`
      "Replayed 1,250 sealed rejects of login-queue into user_logins in 2.3 s

        loaded        1,200  and no longer sealed
        duplicates        9  loaded before, and no longer sealed
        rejected         41  still sealed
        not tried         0
        in doubt          0
        ───────────────────
        read          1,250

        still sealed     41

      Warnings
        3  app_version: not convertible, became NULL

      Rejects
        count  code              field    example message
        ─────  ────────────────  ───────  ────────────────────────────────────
           40  missing           user_id  0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11
            1  sealed_wrong_key           1b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11

      Their reasons: sqs2pg rejects --queue q
      "
    `);
  });

  test("of a clean one is short", () => {
    expect(render(clean)).toMatchInlineSnapshot(`
      "Replayed 9 sealed rejects of login-queue into user_logins in 2.3 s

        loaded        9  and no longer sealed
        duplicates    0
        rejected      0
        not tried     0
        in doubt      0
        ───────────────
        read          9

        still sealed  0
      "
    `);
  });

  test.each<[string, Partial<ReplayReport>, RegExp]>([
    [
      "max",
      { stopped_because: "max", sealed_after: 50 },
      /^Replayed 1,250 sealed rejects of .*still sealed .* 50 {2}9 of them were not read$/ms,
    ],
    [
      "signal",
      { stopped_because: "signal", in_doubt: 3 },
      /^Interrupted: replaying .* ended after 2.3 s$.*in doubt .* 3 {2}ended before it was known/ms,
    ],
    [
      "error",
      {
        stopped_because: "error",
        error: { kind: "failed", code: "x", message: "the table \u001b[31mis gone" },
        sealed_after: null,
      },
      /^Failed: replaying .*\nthe table \\u001b\[31mis gone\n.*still sealed +\? {2}not known$/ms,
    ],
    [
      "dry run",
      { dry_run: true, loaded: 0, duplicates: 0, not_tried: 1_209, sealed_after: 1_250 },
      /^Dry run: nothing was loaded, everything is still sealed\n\n +would load +1,209 .*would reject +41 +again\n.*The table was not asked: its constraints and triggers may still refuse some\.\n$/s,
    ],
    [
      "rejects",
      { stopped_because: "rejects" },
      /^Stopped: too many rejects.*\nTheir reasons: sqs2pg rejects --queue q\nLook into them before the next replay\.\n$/s,
    ],
    [
      "nothing there",
      { ...clean, read: 0, loaded: 0 },
      /^Nothing to replay: found no sealed rejects of login-queue\n$/,
    ],
    [
      "none of that code",
      { ...clean, read: 0, loaded: 0, sealed_after: 12 },
      /^Nothing to replay: none of the 12 sealed rejects of login-queue has that code\n$/,
    ],
    [
      "nothing there, as far as known",
      { ...clean, read: 0, loaded: 0, sealed_after: null },
      /^Nothing to replay: found no sealed/,
    ],
  ])("%s", (_name, given, says) => {
    expect(render({ ...report, ...given })).toMatch(says);
  });

  test.each([20, 30, 36, 40, 80, 200])("fits into %i columns", (columns) => {
    for (const given of [
      report,
      clean,
      {
        ...report,
        stopped_because: "error",
        error: { kind: "failed", code: "x", message: "word ".repeat(40) },
      } as const,
    ]) {
      const text = renderReplayReport(given, { style: plainStyle, columns, sameFlags: "" });
      for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  test("has colours where they are wanted, and only ASCII where nothing else can be shown", () => {
    const coloured = visible(
      renderReplayReport(report, { style: colorStyle, columns: 80, sameFlags: " --queue q" }),
    );
    expect(coloured).toContain("ESC[");
    expect(coloured.replaceAll(/ESC\[\d+m/g, "")).toBe(render(report, 80));
    const plain = renderReplayReport(report, { style: asciiStyle, columns: 80, sameFlags: "" });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is the point.
    expect(plain).toMatch(/^[\x00-\x7f]*$/);
  });
});
