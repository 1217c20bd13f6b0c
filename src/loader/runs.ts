import { quoteTable, tableText } from "./identifier.js";
import { toJsonbText, toStorableText, toTimestamp } from "./storable.js";
import type { RunEnd, RunStart } from "./store.js";

/** Can be sent again when its outcome is unknown. */
export function startRunSql(schema: string): string {
  return `insert into ${quoteTable({ schema, name: "runs" })} (id, command, queue, target, started_at, key_id, version)
values (?::uuid, ?, ?, ?, ?::timestamptz, ?, ?) on conflict (id) do nothing`;
}

export function startRunBindings(run: RunStart): unknown[] {
  const { id, command, queue, targets, startedAtMs, keyId, version } = run;
  return [
    id,
    command,
    toStorableText(queue),
    targets.map(tableText).join(", "),
    toTimestamp(startedAtMs),
    keyId,
    version,
  ];
}

export function finishRunSql(schema: string): string {
  return `update ${quoteTable({ schema, name: "runs" })}
set finished_at = ?::timestamptz, stopped_because = ?, counters = ?::jsonb where id = ?::uuid`;
}

export function finishRunBindings({ id, finishedAtMs, stoppedBecause, counters }: RunEnd): unknown[] {
  return [toTimestamp(finishedAtMs), stoppedBecause, toJsonbText(counters), id];
}
