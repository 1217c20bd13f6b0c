import { quoteTable } from "./identifier.js";

/** Entries that one statement removes: few enough to hold locks for a moment only. */
export const PRUNE_CHUNK = 10_000;

/**
 * Removes a chunk of ledger entries that nothing can ask for any more: SQS keeps a message for 14 days at the most
 * (MessageRetentionPeriod), a week is for clocks and paused queues, and a sealed reject may be replayed at any time.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function pruneSql(schema: string): string {
  const ledger = quoteTable({ schema, name: "ledger" });
  const rejects = quoteTable({ schema, name: "rejects" });
  return `with gone as (
  delete from ${ledger} where message_id in (
    select message_id from ${ledger} as entry
    where loaded_at < now() - interval '21 days'
      and (select sealed_body from ${rejects} where message_id = entry.message_id) is null
    order by loaded_at limit ?::integer
  ) returning 1
) select count(*)::integer as count from gone`;
}
