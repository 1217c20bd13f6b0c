import type { Connection } from "./connection.js";
import { quoteTable } from "./identifier.js";
import type { SealedReject } from "./quarantine.js";
import { query } from "./query.js";
import { toStorableText } from "./storable.js";

/** A sealed reject with its new seal. */
export interface ResealedReject extends SealedReject {
  readonly resealed: Buffer;
}

/** One attempt at one statement each: every method throws `StoreError`. */
export interface RewrapRejects {
  /** Sealed rejects of other keys than the wanted one, in the order of their ids, after that of the page before. */
  page(afterId: string | undefined): Promise<SealedReject[]>;
  /** Replaces seals that are still what they were; the number of those replaced. */
  update(rejects: readonly ResealedReject[]): Promise<number>;
}

/** Each may be a mebibyte. */
const PAGE = 50;
const TIMEOUT_MS = 120_000;

/** The quarantined rejects of one queue. */
export function createRewrapRejects(
  connection: Connection,
  schema: string,
  queue: string,
  wantedKeyId: string,
): RewrapRejects {
  const rejects = quoteTable({ schema, name: "rejects" });
  const run = (sql: string, bindings: readonly unknown[]) =>
    query(connection, sql, bindings, { table: `${schema}.rejects`, timeoutMs: TIMEOUT_MS });
  return {
    page: async (afterId = "00000000-0000-0000-0000-000000000000") => {
      const sql = `select message_id, sealed_body from ${rejects}
where sealed_body is not null and queue = ? and message_id > ?::uuid and ${sealKeySql("sealed_body")} <> ?
order by message_id limit ${PAGE}`;
      const rows = await run(sql, [toStorableText(queue), afterId, wantedKeyId]);
      return rows.map(({ message_id: id, sealed_body: sealed }) => ({
        messageId: String(id),
        sealed: Buffer.isBuffer(sealed) ? sealed : Buffer.alloc(0),
      }));
    },
    update: async (renewed) => {
      const sql = `update ${rejects} as t set sealed_body = v.resealed
from unnest(?::uuid[], ?::bytea[], ?::bytea[]) as v(message_id, sealed, resealed)
where t.message_id = v.message_id and t.sealed_body = v.sealed
returning 1 as done`;
      const rows = await run(sql, [
        renewed.map(({ messageId }) => messageId),
        renewed.map(({ sealed }) => sealed),
        renewed.map(({ resealed }) => resealed),
      ]);
      return rows.length;
    },
  };
}

/** The id of the key that a body was sealed with, in SQL: see `sealText`. */
export function sealKeySql(column: string): string {
  return `encode(substring(${column} from 2 for 4), 'hex')`;
}
