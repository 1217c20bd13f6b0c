import type { Reject } from "../reject.js";
import type { Warning } from "../row.js";
import type { RejectGroup } from "./report.js";

/** The counts of a run, and what is known about its rejects and warnings. */
export interface Tally {
  received: number;
  loaded: number;
  duplicates: number;
  rows: number;
  superseded: number;
  rejected: number;
  released: number;
  deleted: number;
  deleteFailed: number;
  batches: number;
  retries: number;
  noteReject(reject: Reject, messageId: string, deliveries: number): void;
  noteWarnings(warnings: readonly Warning[]): void;
  /** The most frequent first. */
  rejectGroups(): RejectGroup[];
  warnings(): Record<string, Record<string, number>>;
}

export function createTally(): Tally {
  const groups = new Map<string, { reject: Reject; count: number; messageId: string }>();
  const warnings = new Map<string, Map<string, number>>();

  return {
    received: 0,
    loaded: 0,
    duplicates: 0,
    rows: 0,
    superseded: 0,
    rejected: 0,
    released: 0,
    deleted: 0,
    deleteFailed: 0,
    batches: 0,
    retries: 0,
    noteReject: (reject, messageId, deliveries) => {
      const key = JSON.stringify([reject.code, reject.field]);
      const group = groups.get(key) ?? { reject, count: 0, messageId };
      group.count += deliveries;
      groups.set(key, group);
    },
    noteWarnings: (noted) => {
      for (const { column, code } of noted) {
        const codes = warnings.get(column) ?? new Map<string, number>();
        codes.set(code, (codes.get(code) ?? 0) + 1);
        warnings.set(column, codes);
      }
    },
    rejectGroups: () =>
      [...groups.values()]
        .sort((a, b) => b.count - a.count)
        .map(({ reject, count, messageId }) => ({
          code: reject.code,
          field: reject.field,
          count,
          example_message_id: messageId,
        })),
    warnings: () =>
      Object.fromEntries([...warnings].map(([column, codes]) => [column, Object.fromEntries(codes)])),
  };
}
