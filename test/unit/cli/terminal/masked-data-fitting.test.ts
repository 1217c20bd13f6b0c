import fc from "fast-check";
import { expect, it } from "vitest";
import { renderKeyListing } from "../../../../src/cli/terminal/key-listing.js";
import { renderRewrapReport } from "../../../../src/cli/terminal/rewrap-summary.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import type { KeyListing, ListedUse } from "../../../../src/masked-data/list-keys.js";
import type { RewrapReport } from "../../../../src/masked-data/rewrap-report.js";
import { colorStyle, plainStyle } from "./fixtures.js";

const columns = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 20, max: 200 }) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);
const style = fc.constantFrom(plainStyle, colorStyle);
const name = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom("\u001b[2J", "\u0007", "\n", "\u202e", "\ud800", "東", "🫠", " ", "x"),
  ),
  maxLength: 70,
});
const id = fc.stringMatching(/^[0-9a-f]{8}$/);
const moment = fc.oneof(fc.constant("2026-03-01T12:00:00.000Z"), name);
const count = fc.oneof(fc.constant(0), fc.nat({ max: 100_000_000_000 }));

/** Every line fits, and nothing but newlines and our own colours is a control character. */
function expectFitting(text: string, width: number): void {
  for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what this is about
  expect(text.replace(/\u001b\[\d{1,2}m/g, "").replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
}

const use: fc.Arbitrary<ListedUse> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant("column" as const), table: name, column: name, strategy: name, domain: name },
    ...{ current: fc.boolean(), first_used_at: moment, last_used_at: moment },
  }),
  fc.record({ kind: fc.constant("vault" as const), domain: name, count }),
  fc.record({ kind: fc.constant("quarantine" as const), queue: name, count }),
  fc.record({ kind: fc.constant("runs" as const), count, last_started_at: moment }),
);
const listings: fc.Arbitrary<KeyListing> = fc.record({
  database: fc.option(name),
  keys: fc.array(
    fc.record({
      id,
      kind: fc.constantFrom("mask-key" as const, "pair" as const),
      status: fc.constantFrom("primary", "secondary", "missing", "retired"),
      private: fc.boolean(),
      uses: fc.array(use, { maxLength: 4 }),
    }),
    { maxLength: 4 },
  ),
});

it("keeps a list of keys inside of the terminal", () => {
  fc.assert(
    fc.property(listings, columns, style, (listing, width, look) => {
      expectFitting(renderKeyListing(listing, { style: look, columns: width }), width);
    }),
    { numRuns: 150 },
  );
});

const left = fc.array(fc.record({ code: name, key_id: fc.option(id), count }), { maxLength: 3 });
const strategy = fc.constantFrom("aes-siv" as const, "sealed" as const);
const reports: fc.Arbitrary<RewrapReport> = fc
  .record({
    ...{ table: name, key_id: fc.option(id), public_key_id: fc.option(id), dry_run: fc.boolean() },
    stopped_because: fc.constantFrom("done", "signal", "error"),
    duration_ms: count,
    columns: fc.array(fc.record({ column: name, strategy, rewrapped: count, left }), { maxLength: 3 }),
    vault: fc.array(fc.record({ domain: name, rewrapped: count, left }), { maxLength: 2 }),
    rejects: fc.record({ rewrapped: count, left }),
    not_rewrappable: fc.array(fc.record({ column: name, strategy, reason: name }), { maxLength: 2 }),
    dispensable_keys: fc.array(id, { maxLength: 3 }),
    unfinished_runs: fc.array(fc.record({ run_id: fc.uuid(), key_id: fc.option(id), started_at: moment }), {
      maxLength: 5,
    }),
    error: fc.record({ kind: fc.constant("failed" as const), code: name, message: name }),
  })
  .map(({ error, ...report }) => (report.stopped_because === "error" ? { ...report, error } : report));

it("keeps the report of a rewrap inside of the terminal", () => {
  fc.assert(
    fc.property(reports, columns, style, (report, width, look) => {
      expectFitting(renderRewrapReport(report, { style: look, columns: width }), width);
    }),
    { numRuns: 150 },
  );
});
