import { expect, it } from "vitest";
import { progressLine } from "../../../../src/cli/terminal/progress-line.js";
import { createProgressState } from "../../../../src/cli/terminal/progress-state.js";
import type { DrainEvent } from "../../../../src/drain/events.js";
import { plainStyle, started } from "./fixtures.js";

const signalled: DrainEvent = { type: "stopping", because: "signal" };
const away: DrainEvent = { type: "retry", what: "load", code: "57P01", attempt: 1, delay_ms: 3_000 };

function lineAfter(events: readonly DrainEvent[], columns: number): string {
  const state = createProgressState();
  for (const event of events) state.apply(event, 0);
  const view = state.view(0);
  return view === undefined ? expect.fail("nothing is shown") : progressLine(view, plainStyle, columns);
}

it.each([
  [100, "login-queue → user_logins  0 / ~100,000  finishing what is in hand (Ctrl-C again: at once)"],
  [63, "0 / ~100,000  finishing what is in hand (Ctrl-C again: at once)"],
  [62, "0 / ~100,000  finishing (Ctrl-C again: at once)"],
  [47, "0 / ~100,000  finishing (Ctrl-C again: at once)"],
  [46, "0 / ~100,000  Ctrl-C again: at once"],
  [35, "0 / ~100,000  Ctrl-C again: at once"],
  [34, "0 / ~100,000"],
])("a signal was heard, and what another one does, at %d columns", (columns, line) => {
  expect(lineAfter([started, signalled], columns)).toBe(line);
});

it.each([
  [100, "0 / ~100,000  PostgreSQL is not answering, finishing what is in hand (Ctrl-C again: at once)"],
  [62, "0 / ~100,000  finishing (Ctrl-C again: at once)"],
  [35, "0 / ~100,000  Ctrl-C again: at once"],
])("that is what stays of it when something does not answer, at %d columns", (columns, line) => {
  expect(lineAfter([started, away, signalled], columns)).toBe(line);
});

it.each([
  [71, "0 / ~100,000  PostgreSQL is not answering (57P01), next try in 3 s"],
  [60, "0 / ~100,000  PostgreSQL is not answering, next try in 3 s"],
  [45, "0 / ~100,000  PostgreSQL is not answering"],
])("what does not answer, at %d columns", (columns, line) => {
  expect(lineAfter([started, away], columns)).toBe(line);
});
