import { createStyle, type Style } from "../../../../src/cli/terminal/style.js";
import type { DrainEvent } from "../../../../src/drain/events.js";
import type { PeekedMessage, PeekResult } from "../../../../src/drain/peek-result.js";
import type { DrainReport } from "../../../../src/drain/report.js";

export const plainStyle: Style = createStyle({ color: false, unicode: true });
export const colorStyle: Style = createStyle({ color: true, unicode: true });
export const asciiStyle: Style = createStyle({ color: false, unicode: false });

/** The escape character made visible, so that an expectation can be read. */
export function visible(text: string): string {
  return text.replaceAll("\u001b", "ESC");
}

/** A drain begins, of a backlog of 100,000. */
export const started: Extract<DrainEvent, { type: "started" }> = {
  type: "started",
  run_id: "1",
  queue: "login-queue",
  table: "user_logins",
  backlog: { visible: 100_000, in_flight: 0, delayed: 0 },
  max: undefined,
  dry_run: false,
};

export const goodReport: DrainReport = {
  run_id: "6f1c1b8e-0000-4000-8000-000000000000",
  queue: "login-queue",
  table: "user_logins",
  started_at: "2026-03-01T12:00:00.000Z",
  finished_at: "2026-03-01T12:00:12.345Z",
  duration_ms: 12_345,
  dry_run: false,
  stopped_because: "empty",
  received: 100_000,
  loaded: 99_712,
  duplicates: 288,
  rows: 99_712,
  superseded: 0,
  rejected: 0,
  released: 0,
  in_doubt: 0,
  deleted: 100_000,
  delete_failed: 0,
  messages_per_second: 8_100.4,
  batches: 101,
  retries: 0,
  requests: { receive: 10_010, delete: 10_000, extend: 200, other: 20 },
  warnings: {},
  rejects: [],
  queue_after: { visible: 0, in_flight: 0, delayed: 0 },
};

export const troubledReport: DrainReport = {
  ...goodReport,
  stopped_because: "signal",
  received: 100_000,
  loaded: 98_360,
  rows: 98_360,
  duplicates: 288,
  rejected: 1_000,
  released: 340,
  in_doubt: 12,
  deleted: 98_645,
  delete_failed: 3,
  retries: 2,
  warnings: { app_version: { not_convertible: 1_203 } },
  rejects: [
    {
      code: "missing",
      field: "user_id",
      count: 991,
      example_message_id: "0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11",
    },
    { code: "not_json", field: null, count: 9, example_message_id: "1b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a11" },
  ],
  queue_after: null,
};

export function peeked(last: string, extra: Partial<PeekedMessage> = {}): PeekedMessage {
  const { row = null } = extra;
  return {
    message_id: `0b0e7c1a-4f43-4d3b-9d7b-1f1f0d3c9a0${last}`,
    sent_at: "2026-03-01T12:34:56.789Z",
    receive_count: 1,
    group_id: null,
    row: null,
    rows: row === null ? [] : [{ target: 0, table: "user_logins", row }],
    reject: null,
    warnings: [],
    ...extra,
  };
}

const row = {
  user_id: "424cdd21-063a-43a7-b91b-7ca1a833afae",
  device_type: "android",
  masked_ip: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  masked_device_id: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
  locale: "RU",
  app_version: 20_300,
  create_date: "2026-03-01",
};

export const peekResult: PeekResult = {
  queue: "login-queue",
  table: "user_logins",
  columns: Object.keys(row),
  targets: [{ table: "user_logins", columns: Object.keys(row) }],
  fifo: false,
  counters: { visible: 1_204, in_flight: 0, delayed: 12 },
  redrive_policy: {
    deadLetterTargetArn: "arn:aws:sqs:eu-west-1:000000000000:login-dead",
    maxReceiveCount: 5,
  },
  not_released: 0,
  near_redrive: [],
  messages: [
    peeked("1", { row }),
    peeked("2", {
      row: { ...row, user_id: "東京", locale: null, app_version: null },
      warnings: [{ column: "app_version", code: "not_convertible" }],
    }),
    peeked("3", {
      reject: { stage: "transform", code: "missing", field: "user_id", reason: "This column is required." },
    }),
  ],
};
