import fc from "fast-check";
import { expect, it } from "vitest";
import { renderDrainReport } from "../../../../src/cli/terminal/drain-summary.js";
import { renderMigrationStatus } from "../../../../src/cli/terminal/migrate-output.js";
import { renderPeek } from "../../../../src/cli/terminal/peek-table.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import type { PeekedMessage, PeekResult } from "../../../../src/drain/peek-result.js";
import type { DrainReport, StoppedBecause } from "../../../../src/drain/report.js";
import { colorStyle, plainStyle } from "./fixtures.js";

/** A pipe is infinitely wide. */
const columns = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 20, max: 200 }) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);
const style = fc.constantFrom(plainStyle, colorStyle);
const name = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      "\u001b[2J",
      "\u001b]0;",
      "\u0007",
      "\n",
      "\r",
      "\u009b",
      "\u202e",
      "\ud800",
      "東",
      "🫠",
      " ",
      "x",
    ),
  ),
  maxLength: 70,
});
const count = fc.oneof(fc.constant(0), fc.nat({ max: 999 }), fc.nat({ max: 100_000_000_000 }));
const counters = fc.record({ visible: count, in_flight: count, delayed: count });
const because: fc.Arbitrary<StoppedBecause> = fc.constantFrom(
  "empty",
  "max",
  "max-duration",
  "signal",
  "rejects",
  "error",
);

const reports: fc.Arbitrary<DrainReport> = fc.record(
  {
    run_id: name,
    queue: name,
    table: name,
    started_at: name,
    finished_at: name,
    duration_ms: count,
    dry_run: fc.boolean(),
    stopped_because: because,
    error: fc.record({ kind: fc.constant("failed" as const), code: name, message: name }),
    received: count,
    rows: count,
    superseded: count,
    loaded: count,
    duplicates: count,
    rejected: count,
    released: count,
    in_doubt: count,
    deleted: count,
    delete_failed: count,
    messages_per_second: fc.double({ min: 0, max: 1e7, noNaN: true }),
    batches: count,
    retries: count,
    requests: fc.record({ receive: count, delete: count, extend: count, other: count }),
    warnings: fc.dictionary(name, fc.dictionary(name, count, { maxKeys: 2 }), { maxKeys: 3 }),
    rejects: fc.array(fc.record({ code: name, field: fc.option(name), count, example_message_id: name }), {
      maxLength: 4,
    }),
    queue_after: fc.option(counters),
  },
  {
    requiredKeys: [
      "run_id",
      "queue",
      "table",
      "started_at",
      "finished_at",
      "duration_ms",
      "dry_run",
      "stopped_because",
      "received",
      "rows",
      "superseded",
      "loaded",
      "duplicates",
      "rejected",
      "released",
      "in_doubt",
      "deleted",
      "delete_failed",
      "messages_per_second",
      "batches",
      "retries",
      "requests",
      "warnings",
      "rejects",
      "queue_after",
    ],
  },
);

function messages(columnNames: readonly string[]): fc.Arbitrary<PeekedMessage[]> {
  const value = fc.oneof(name, fc.double(), fc.boolean(), fc.constant(null));
  const row = fc
    .tuple(...columnNames.map(() => value))
    .map((values) => Object.fromEntries(columnNames.map((column, index) => [column, values[index] ?? null])));
  const stage = fc.constant("transform" as const);
  return fc.array(
    fc.record({
      message_id: name,
      sent_at: fc.oneof(fc.constant("2026-03-01T12:34:56.789Z"), name),
      receive_count: count,
      group_id: fc.option(name),
      row: fc.constant(null),
      rows: fc.array(fc.record({ target: fc.nat({ max: 2 }), table: name, row }), { maxLength: 3 }),
      reject: fc.option(fc.record({ stage, code: name, field: fc.option(name), reason: name })),
      warnings: fc.array(fc.record({ column: name, code: fc.constant("not_convertible" as const) }), {
        maxLength: 2,
      }),
    }),
    { maxLength: 4 },
  );
}

const peeks: fc.Arbitrary<PeekResult> = fc.uniqueArray(name, { maxLength: 9 }).chain((columnNames) =>
  fc.record({
    queue: name,
    table: name,
    columns: fc.constant(columnNames),
    targets: fc.array(fc.record({ table: name, columns: fc.constant(columnNames) }), {
      minLength: 1,
      maxLength: 3,
    }),
    fifo: fc.boolean(),
    counters,
    redrive_policy: fc.option(fc.record({ deadLetterTargetArn: name, maxReceiveCount: count })),
    messages: messages(columnNames),
    not_released: count,
    near_redrive: fc.array(name, { maxLength: 3 }),
  }),
);

/** Every line fits, and nothing but newlines and our own colours is a control character. */
function expectFitting(text: string, width: number): void {
  for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what this is about
  expect(text.replace(/\u001b\[\d{1,2}m/g, "").replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
}

it("keeps a drain's report inside of the terminal", () => {
  fc.assert(
    fc.property(
      reports,
      columns,
      style,
      fc.constantFrom("leave", "quarantine"),
      (report, width, look, onReject) => {
        const names = { rejectsTable: "sqs2pg.rejects", sameFlags: "" };
        expectFitting(renderDrainReport(report, { style: look, columns: width, onReject, ...names }), width);
      },
    ),
    { numRuns: 150 },
  );
});

it("keeps a peek inside of the terminal", () => {
  fc.assert(
    fc.property(peeks, columns, style, (result, width, look) => {
      expectFitting(renderPeek(result, { style: look, columns: width }), width);
    }),
    { numRuns: 150 },
  );
});

it("shows bodies without control characters", () => {
  fc.assert(
    fc.property(peeks, name, style, (result, body, look) => {
      const raw = {
        ...result,
        messages: result.messages.map((message) => ({ ...message, row: null, body })),
      };
      expectFitting(renderPeek(raw, { style: look, columns: 20 }), Number.POSITIVE_INFINITY);
    }),
  );
});

it("keeps a list of migrations inside of the terminal", () => {
  const status = fc.array(fc.record({ name, appliedAt: fc.option(fc.date()) }));
  fc.assert(
    fc.property(status, columns, style, (migrations, width, look) => {
      expectFitting(renderMigrationStatus(migrations, { style: look, columns: width }), width);
    }),
  );
});
