import { expect, test } from "vitest";
import type { DrainEvent, Progress } from "../../../src/drain/events.js";
import { createEventMerger, type EventMerger } from "../../../src/drain/merge-events.js";

function merging(runs: number, max?: number): { merger: EventMerger; told: DrainEvent[] } {
  const told: DrainEvent[] = [];
  return { merger: createEventMerger({ runs, max, onEvent: (event) => told.push(event) }), told };
}

const started = (visible: number): DrainEvent => ({
  ...{ type: "started", run_id: `run-${visible}`, queue: "q", table: "t", max: 5, dry_run: false },
  backlog: { visible, in_flight: 0, delayed: 0 },
});

const progress = (received: number, pollers = 2): DrainEvent => ({
  type: "progress",
  progress: { received, loaded: received, duplicates: 0, rejected: 0, released: 0, deleted: 1, pollers },
});

function lastProgress(told: readonly DrainEvent[]): Progress | undefined {
  return told.flatMap((event) => (event.type === "progress" ? event.progress : [])).at(-1);
}

test("the first start is told, with what all may receive", () => {
  const { merger, told } = merging(2, 10);
  merger.tell(1, started(900));
  merger.tell(0, started(800));
  expect(told).toEqual([{ ...started(900), max: 10 }]);
});

test("progress is the sum of the latest of each", () => {
  const { merger, told } = merging(2);
  merger.tell(0, progress(10));
  merger.tell(1, progress(5));
  merger.tell(0, progress(20));
  expect(lastProgress(told)).toMatchObject({ received: 25, loaded: 25, deleted: 2, pollers: 4 });
  merger.ended(0, false);
  merger.tell(1, progress(6));
  expect(lastProgress(told)).toMatchObject({ received: 26, pollers: 2 });
});

test("the end of receiving is told once: when nobody receives any more", () => {
  const { merger, told } = merging(3);
  merger.tell(0, { type: "stopping", because: "empty" });
  merger.ended(1, false);
  expect(told).toEqual([]);
  merger.tell(2, { type: "stopping", because: "empty" });
  merger.tell(1, { type: "stopping", because: "empty" });
  expect(told).toEqual([{ type: "stopping", because: "empty" }]);
});

test.each(["signal", "error", "rejects", "max-duration"] as const)("or at once, for %s", (because) => {
  const { merger, told } = merging(3);
  merger.tell(0, { type: "stopping", because });
  merger.tell(1, { type: "stopping", because: "signal" });
  expect(told).toEqual([{ type: "stopping", because }]);
});

test("one that is gone has failed, and with it all", () => {
  const { merger, told } = merging(3);
  merger.ended(0, true);
  merger.tell(1, { type: "stopping", because: "signal" });
  expect(told).toEqual([{ type: "stopping", because: "error" }]);
});

test("the same is noticed once, retries are passed on", () => {
  const { merger, told } = merging(2);
  const retry: DrainEvent = { type: "retry", what: "load", code: "40001", attempt: 1, delay_ms: 9 };
  merger.tell(0, { type: "notice", message: "a" });
  merger.notice("a");
  merger.tell(1, { type: "notice", message: "b" });
  merger.tell(0, retry);
  merger.tell(1, retry);
  expect(told).toEqual([{ type: "notice", message: "a" }, { type: "notice", message: "b" }, retry, retry]);
});
