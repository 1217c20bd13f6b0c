import { quoteTable } from "./identifier.js";
import { toJsonbText, toStorableText, toTimestamp } from "./storable.js";
import type { RejectRecord } from "./store.js";

/**
 * One statement for any number of rejects. What was seen before keeps its first_seen, and its sealed body unless there
 * is a new one: it may be the only copy of the message.
 */
export function saveRejectsSql(schema: string): string {
  return `insert into ${quoteTable({ schema, name: "rejects" })} as known
  (message_id, queue, stage, code, field, reason, shape, sealed_body, receive_count, sent_at, run_id)
select message_id, queue, stage, code, field, reason, shape::jsonb, sealed_body, receive_count, sent_at, run_id
from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::integer[],
            ?::timestamptz[], ?::uuid[])
  as t(message_id, queue, stage, code, field, reason, shape, sealed_body, receive_count, sent_at, run_id)
order by message_id
on conflict (message_id) do update set
  queue = excluded.queue, stage = excluded.stage, code = excluded.code, field = excluded.field,
  reason = excluded.reason, shape = excluded.shape,
  sealed_body = coalesce(excluded.sealed_body, known.sealed_body),
  receive_count = excluded.receive_count, sent_at = excluded.sent_at, last_seen = now(), run_id = excluded.run_id`;
}

/** Its bindings. Of a message that is given twice the last one counts: the statement may not update a row twice. */
export function saveRejectsBindings(rejects: readonly RejectRecord[]): unknown[][] {
  const latest = [...new Map(rejects.map((reject) => [reject.messageId, reject])).values()];
  return [
    latest.map(({ messageId }) => messageId),
    latest.map(({ queue }) => toStorableText(queue)),
    latest.map(({ stage }) => stage),
    latest.map(({ code }) => toStorableText(code)),
    latest.map(({ field }) => (field === null ? null : toStorableText(field))),
    latest.map(({ reason }) => toStorableText(reason)),
    latest.map(({ shape }) => toJsonbText(shape)),
    latest.map(({ sealedBody }) => sealedBody),
    latest.map(({ receiveCount }) => receiveCount),
    latest.map(({ sentAtMs }) => toTimestamp(sentAtMs)),
    latest.map(({ runId }) => runId),
  ];
}
