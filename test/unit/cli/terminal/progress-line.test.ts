import fc from "fast-check";
import { expect, it } from "vitest";
import { progressLine } from "../../../../src/cli/terminal/progress-line.js";
import type { ProgressView } from "../../../../src/cli/terminal/progress-state.js";
import { displayWidth } from "../../../../src/cli/terminal/width.js";
import { asciiStyle, colorStyle, plainStyle, visible } from "./fixtures.js";

const view: ProgressView = {
  queue: "login-queue",
  table: "user_logins",
  done: 12_400,
  rejected: 3,
  total: { count: 100_000, estimated: true },
  rate: 8_210,
  remainingMs: 10_670,
  state: undefined,
};

it.each([
  [120, "login-queue → user_logins  12,400 / ~100,000  8,210/s  3 rejected  eta 11 s"],
  [76, "login-queue → user_logins  12,400 / ~100,000  8,210/s  3 rejected  eta 11 s"],
  [70, "login-queue → user_logins  12,400 / ~100,000  8,210/s  3 rejected"],
  [60, "login-queue → user_logins  12,400 / ~100,000  3 rejected"],
  [50, "12,400 / ~100,000  8,210/s  3 rejected  eta 11 s"],
  [30, "12,400 / ~100,000  3 rejected"],
  [20, "12,400 / ~100,000"],
  [10, "12,400 / …"],
])("leaves out what matters least at %d columns", (columns, line) => {
  expect(progressLine(view, plainStyle, columns)).toBe(line);
});

it("says what is going on in place of rate and time", () => {
  const stopping = { ...view, state: { text: "finishing what is in hand", trouble: false } };
  expect(progressLine(stopping, plainStyle, 100)).toBe(
    "login-queue → user_logins  12,400 / ~100,000  3 rejected  finishing what is in hand",
  );
});

it.each([
  [60, "12,400 / ~100,000  3 rejected  SQS is away, next try in 3 s"],
  [45, "12,400 / ~100,000  3 rejected  SQS is away"],
  [35, "12,400 / ~100,000  SQS is away"],
  [28, "12,400 / ~100,000"],
])("says it in fewer words at %d columns", (columns, line) => {
  const text = "SQS is away for the time being (ECONNREFUSED), next try in 3 s";
  const away = { text, shorter: ["SQS is away, next try in 3 s", "SQS is away"], trouble: true };
  expect(progressLine({ ...view, state: away }, plainStyle, columns)).toBe(line);
});

it("colours what wants attention", () => {
  const trouble = { ...view, state: { text: "trying again", trouble: true } };
  expect(visible(progressLine(trouble, colorStyle, 60))).toBe(
    "ESC[1m12,400 / ~100,000ESC[22m  ESC[33m3 rejectedESC[39m  ESC[33mtrying againESC[39m",
  );
});

it("keeps to ASCII where that is all there is", () => {
  expect(progressLine({ ...view, queue: "q".repeat(60) }, asciiStyle, 200)).toMatch(
    /^q{37}\.\.\. -> user_logins {2}/,
  );
});

it("is one line that fits", () => {
  const count = fc.nat({ max: 1_000_000_000_000 });
  const views: fc.Arbitrary<ProgressView> = fc.record({
    queue: fc.string({ unit: "binary" }),
    table: fc.string({ unit: "grapheme" }),
    done: count,
    rejected: count,
    total: fc.option(fc.record({ count, estimated: fc.boolean() }), { nil: undefined }),
    rate: fc.option(fc.double({ min: 0, max: 1e7, noNaN: true }), { nil: undefined }),
    remainingMs: fc.option(count, { nil: undefined }),
    state: fc.option(
      fc.record({ text: fc.constantFrom("finishing", "x".repeat(90)), trouble: fc.boolean() }),
      {
        nil: undefined,
      },
    ),
  });
  fc.assert(
    fc.property(views, fc.integer({ min: 1, max: 200 }), (sample, columns) => {
      const line = progressLine(sample, plainStyle, columns);
      expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(line).not.toMatch(/\p{Cc}/u);
    }),
  );
});
