import { assigned } from "./element-type.js";
import { quoteTable } from "./identifier.js";
import type { LoadStatement } from "./statement.js";
import type { LoadTarget } from "./target.js";
import { columnArraysOf, idsOf, uniqueMessages } from "./target-arrays.js";
import {
  arrayParameters,
  constantTexts,
  hasConstants,
  intoTarget,
  placeholders,
  valueNames,
} from "./target-part.js";

/**
 * Builds the statement for messages that SQS says it hands out for the first time: they go into the ledger as they are,
 * without asking first what it knows, and the rows need not be chosen by the answer. That costs the database a quarter
 * less. It is the ledger's unique key that decides: when it has one of them, the statement fails with unique_violation
 * and nothing is loaded. Here, too, the ledger is filled before the rows and in the order of the message ids. Undefined
 * where the rows need more than to go in.
 */
export function createFirstStatement(
  targets: readonly LoadTarget[],
  schema: string,
): LoadStatement | undefined {
  const areInserts = targets.every(
    ({ conflict, columns }) =>
      conflict === undefined && columns.length > 0 && columns.every(({ mask }) => mask?.strategy !== "token"),
  );
  if (!areInserts) return undefined;
  const sql = `with fresh as (
  insert into ${quoteTable({ schema, name: "ledger" })} (message_id, run_id, loaded_at)
  select message_id, ?::uuid, ?::timestamptz from unnest(?::uuid[]) as message_id order by message_id
  returning 1
), counted as materialized (
  select count(*)::integer as fresh from fresh
), ${targets.map(insertOf).join(", ")}
select fresh from counted`;
  return {
    sql,
    keepsPlan: !targets.some(hasConstants),
    bindings: ({ messages, runId, stamp }) => {
      const unique = uniqueMessages(messages);
      const arrays = columnArraysOf(unique, targets);
      return [
        ...[runId, stamp, idsOf(unique)],
        ...targets.flatMap((target, index) => [...constantTexts(target), ...(arrays[index] ?? [])]),
      ];
    },
  };
}

/** What unnest takes apart comes in the order of the arrays. Asking for the count has the ledger filled before. */
function insertOf(target: LoadTarget, index: number): string {
  const names = valueNames(target);
  const values = target.columns.map(({ type }, column) => assigned(`c${column + 1}`, type));
  return `target_${index + 1} as (
  ${intoTarget(target)}
  select ${[...values, ...placeholders(target)].join(", ")} from unnest(${arrayParameters(target).join(", ")}) as t(${names.join(", ")})
  where (select fresh from counted) > 0
)`;
}
