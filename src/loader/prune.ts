import { quoteTable } from "./identifier.js";

/** Entries that one statement removes: few enough to hold locks for a moment only. */
export const PRUNE_CHUNK = 10_000;

/**
 * Removes a chunk of ledger entries that no redelivery can ask for any more: SQS keeps a message for 14 days at the
 * most (MessageRetentionPeriod), and a week is for clocks and paused queues.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function pruneSql(schema: string): string {
  const ledger = quoteTable({ schema, name: "ledger" });
  return `with gone as (
  delete from ${ledger} where message_id in (
    select message_id from ${ledger} where loaded_at < now() - interval '21 days' order by loaded_at limit ?::integer
  ) returning 1
) select count(*)::integer as count from gone`;
}
