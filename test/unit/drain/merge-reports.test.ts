import fc from "fast-check";
import { expect, test } from "vitest";
import { reportOfLost } from "../../../src/drain/lost-report.js";
import { type MergeOptions, mergeReports } from "../../../src/drain/merge-reports.js";
import type { DrainReport, StoppedBecause } from "../../../src/drain/report.js";
import { outcomes } from "../../support/bench.js";
import { goodReport } from "../cli/terminal/fixtures.js";

const PLAIN: MergeOptions = { max: undefined, isInterrupted: false, isPartial: false, error: undefined };

const count = fc.nat(10_000);
const column = fc.constantFrom("a", "__proto__", "constructor");
const reject = fc.record({
  code: fc.constantFrom("missing", "too_long"),
  field: fc.constantFrom("a", null),
  count: fc.integer({ min: 1, max: 9 }),
  example_message_id: fc.uuid(),
});

/** A report as a run makes it: what it has received is the sum of what became of it. */
const report: fc.Arbitrary<DrainReport> = fc
  .record({
    id: fc.uuid(),
    start: fc.nat(100_000),
    took: fc.nat(100_000),
    because: fc.constantFrom<StoppedBecause>("empty", "max", "max-duration", "signal", "rejects"),
    counts: fc.record({
      ...{ loaded: count, duplicates: count, rejected: count, released: count, in_doubt: count },
      ...{
        rows: count,
        superseded: count,
        deleted: count,
        delete_failed: count,
        batches: count,
        retries: count,
      },
    }),
    requests: fc.record({ receive: count, delete: count, extend: count, other: count }),
    warnings: fc.dictionary(column, fc.dictionary(fc.constantFrom("x", "y"), count, { maxKeys: 2 })),
    rejects: fc.array(reject, { maxLength: 4 }),
    visible: count,
  })
  .map(({ id, start, took, because, counts, visible, ...rest }) => ({
    ...goodReport,
    ...counts,
    ...rest,
    run_id: id,
    started_at: new Date(start).toISOString(),
    finished_at: new Date(start + took).toISOString(),
    duration_ms: took,
    stopped_because: because,
    received: counts.loaded + counts.duplicates + counts.rejected + counts.released + counts.in_doubt,
    queue_after: { visible, in_flight: 0, delayed: 0 },
  }));

/** What of a merged report does not depend on which example or order came first. */
function essence(merged: DrainReport): object {
  const rejects = merged.rejects.map(({ code, field, count }) => `${code} ${field} ${count}`).toSorted();
  // The rate is rounded each time.
  return { ...merged, rejects, queue_after: undefined, messages_per_second: undefined };
}

test("the sum of the reports adds up, and every count is in it", () => {
  fc.assert(
    fc.property(fc.array(report, { minLength: 1, maxLength: 5 }), ([first, ...rest]) => {
      if (first === undefined) return;
      const all = [first, ...rest];
      const merged = mergeReports([first, ...rest], PLAIN);
      expect(outcomes(merged)).toBe(merged.received);
      for (const name of [
        "received",
        "loaded",
        "in_doubt",
        "rows",
        "deleted",
        "batches",
        "retries",
      ] as const) {
        expect(merged[name]).toBe(all.reduce((sum, each) => sum + each[name], 0));
      }
      for (const name of ["receive", "delete", "extend", "other"] as const) {
        expect(merged.requests[name]).toBe(all.reduce((sum, { requests }) => sum + requests[name], 0));
      }
      const warnings = (one: DrainReport): number =>
        Object.values(one.warnings)
          .flatMap((codes) => Object.values(codes))
          .reduce((a, b) => a + b, 0);
      expect(warnings(merged)).toBe(all.reduce((sum, each) => sum + warnings(each), 0));
      const rejects = (one: DrainReport): number => one.rejects.reduce((sum, { count }) => sum + count, 0);
      expect(rejects(merged)).toBe(all.reduce((sum, each) => sum + rejects(each), 0));
      expect(new Set(merged.rejects.map(({ code, field }) => `${code} ${field}`)).size).toBe(
        merged.rejects.length,
      );
    }),
  );
});

test("a report alone stays as it is", () => {
  const alone = mergeReports([goodReport], PLAIN);
  expect(alone).toEqual({
    ...goodReport,
    messages_per_second: expect.closeTo(goodReport.messages_per_second),
  });
  expect(Object.keys(alone)).toEqual(Object.keys(goodReport));
});

test("it is the same however it is put together", () => {
  fc.assert(
    fc.property(report, report, report, fc.boolean(), (a, b, c, isInterrupted) => {
      const options = { ...PLAIN, isInterrupted };
      const left = mergeReports([mergeReports([a, b], options), c], options);
      const right = mergeReports([a, mergeReports([b, c], options)], options);
      const flat = mergeReports([a, b, c], options);
      expect(essence(left)).toEqual(essence(flat));
      expect(essence(right)).toEqual(essence(flat));
      expect(flat.runs).toEqual([a.run_id, b.run_id, c.run_id]);
    }),
  );
});

test("it lasts from the first start to the last end, whose look at the queue counts", () => {
  const one = {
    ...goodReport,
    started_at: "2026-03-01T12:00:00.000Z",
    finished_at: "2026-03-01T12:00:20.000Z",
  };
  const other = {
    ...{ ...goodReport, started_at: "2026-03-01T12:00:05.000Z", finished_at: "2026-03-01T12:00:10.000Z" },
    queue_after: null,
  };
  expect(mergeReports([other, one], PLAIN)).toMatchObject({
    started_at: one.started_at,
    finished_at: one.finished_at,
    duration_ms: 20_000,
    // Both have settled what they received after 12.3 s, and the second began 5 s later.
    messages_per_second: expect.closeTo(200_000 / 17.345, 0),
    queue_after: one.queue_after,
  });
});

const ERROR = { kind: "unavailable", code: "gone", message: "it is gone" } as const;

test.each<[reasons: StoppedBecause[], options: Partial<MergeOptions>, expected: StoppedBecause]>([
  [["empty", "empty"], {}, "empty"],
  [["max", "max"], { max: 200_000 }, "max"],
  [["max", "empty"], { max: 200_001 }, "empty"],
  [["max", "max-duration"], { max: 200_001 }, "max-duration"],
  [["empty", "rejects"], {}, "rejects"],
  [["max-duration", "rejects"], {}, "rejects"],
  [["signal", "rejects"], {}, "rejects"],
  [["signal", "rejects"], { isInterrupted: true }, "signal"],
  [["empty", "empty"], { isInterrupted: true }, "empty"],
  [["empty", "empty"], { isInterrupted: true, isPartial: true }, "signal"],
  [["signal", "empty"], { error: ERROR }, "error"],
  [["signal", "empty"], { error: ERROR, isInterrupted: true }, "error"],
])("%j with %j is %s", (reasons, options, expected) => {
  const [first = goodReport, ...rest] = reasons.map((stopped_because) => ({
    ...goodReport,
    stopped_because,
  }));
  const merged = mergeReports([first, ...rest], { ...PLAIN, ...options });
  expect(merged.stopped_because).toBe(expected);
  expect(merged.error).toEqual(options.error);
});

test("what a run that is gone was last known to have done adds up", () => {
  const started = {
    type: "started",
    ...{ run_id: "r", queue: "q", table: "t", max: undefined, dry_run: false },
    backlog: { visible: 9, in_flight: 0, delayed: 0 },
  } as const;
  const lost = { started, startedAtMs: 1_000, finishedAtMs: 3_000, error: ERROR };
  const progress = {
    ...{ received: 100, loaded: 40, duplicates: 3, rejected: 2, released: 1, deleted: 30, pollers: 4 },
  };
  const known = reportOfLost({ ...lost, progress });
  expect(known).toMatchObject({ stopped_because: "error", error: ERROR, received: 100, in_doubt: 54 });
  expect(outcomes(known)).toBe(100);
  expect(Object.keys(mergeReports([known], PLAIN)).toSorted()).toEqual(Object.keys(known).toSorted());
  expect(reportOfLost({ ...lost, progress: undefined, error: undefined })).toMatchObject({
    ...{ stopped_because: "signal", received: 0, in_doubt: 0, duration_ms: 2_000 },
  });
});
