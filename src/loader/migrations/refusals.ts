import { DatabaseError } from "../../errors.js";
import { quoteTable } from "../identifier.js";

/** Why a migration will not be taken back, by the code of the error that it throws. */
const REFUSALS: Readonly<Record<string, (schema: string) => string>> = {
  sealed_bodies_left: (schema) =>
    `${schema}.rejects holds sealed messages, the only copies there are: load them with sqs2pg replay first, or delete them`,
  ledger_in_use: (schema) =>
    `${schema}.ledger knows messages that SQS may deliver again, and without it they would be loaded a second time; to take it back all the same, empty it first: delete from ${quoteTable({ schema, name: "ledger" })}`,
  tokens_left: (schema) =>
    `${schema}.tokens holds tokens, and without it their values cannot be found any more; to take it back all the same, empty it first: delete from ${quoteTable({ schema, name: "tokens" })}`,
  newest_in_use: (schema) =>
    `${schema}.newest knows which message was the newest for a key, and without it one that comes late would go over newer rows; to take it back all the same, empty it first: delete from ${quoteTable({ schema, name: "newest" })}`,
  unmask_log_left: (schema) =>
    `${schema}.unmask_log says who has unmasked what; to take it back all the same, keep a copy of it and empty it first: delete from ${quoteTable({ schema, name: "unmask_log" })}`,
};

/** What a migration refused to do, as an error that says what to do; undefined for any other error. */
export function refusalOf(error: unknown, schema: string): DatabaseError | undefined {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return undefined;
  const message = Object.hasOwn(REFUSALS, error.code) ? REFUSALS[error.code]?.(schema) : undefined;
  if (message === undefined) return undefined;
  return new DatabaseError("failed", error.code, message, { cause: error });
}
