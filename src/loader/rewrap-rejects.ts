import type { Connection } from "./connection.js";
import { quoteTable } from "./identifier.js";
import type { SealedReject } from "./quarantine.js";
import { query } from "./query.js";
import type { PageSize } from "./rewrap-table.js";
import { toStorableText } from "./storable.js";

/** A sealed reject with its new seal. */
export interface ResealedReject extends SealedReject {
  readonly resealed: Buffer;
}

/** One attempt at one statement each: every method throws `StoreError`. */
export interface RewrapRejects {
  /** Sealed rejects of other keys than the wanted one, by key. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** Those of certain keys, in the order of their ids, after that of the page before. */
  page(keyIds: readonly string[], afterId: string | undefined, size: PageSize): Promise<SealedReject[]>;
  /** Replaces seals that are still what they were and that nobody else is at: their places in the list. */
  replace(rejects: readonly ResealedReject[]): Promise<ReadonlySet<number>>;
}

const TIMEOUT_MS = 120_000;
const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";
/** Version, key id and IV: no two seals have them in common. */
const HEAD_BYTES = 17;

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
  const key = sealKeySql("sealed_body");
  return {
    counts: async () => {
      const sql = `select ${key} as key_id, count(*) as count from ${rejects}
where sealed_body is not null and queue = ? and ${key} <> ? group by 1 order by 1`;
      const rows = await run(sql, [toStorableText(queue), wantedKeyId]);
      return new Map(rows.map(({ key_id: id, count }) => [String(id), Number(count)]));
    },

    page: async (keyIds, afterId = BEFORE_ALL, { maxRows, maxBytes }) => {
      const sql = pageSql(rejects, key);
      const rows = await run(sql, [toStorableText(queue), afterId, [...keyIds], maxRows, maxBytes]);
      return rows.map(({ message_id: id, sealed_body: sealed }) => ({
        messageId: String(id),
        sealed: Buffer.isBuffer(sealed) ? sealed : Buffer.alloc(0),
      }));
    },

    replace: async (renewed) => {
      const ids = renewed.map(({ messageId }) => messageId);
      const rows = await run(replaceSql(rejects), [
        ids,
        renewed.map(({ sealed }) => sealed.subarray(0, HEAD_BYTES)),
        renewed.map(({ resealed }) => resealed),
        ids,
      ]);
      return new Set(rows.map(({ number }) => Number(number)));
    },
  };
}

/** The sizes are known without reading what is sealed, so no more of it is read than the page may hold. */
function pageSql(rejects: string, key: string): string {
  return `select message_id, sealed_body from ${rejects} where message_id in (
  select message_id from (
    select message_id, sum(bytes) over earlier as total, row_number() over earlier as place from (
      select message_id, octet_length(sealed_body) as bytes from ${rejects}
      where sealed_body is not null and queue = ? and message_id > ?::uuid and ${key} = any (?::text[])
      order by message_id limit ?::integer
    ) as candidates
    window earlier as (order by message_id)
  ) as measured where total <= ?::bigint or place = 1
) and sealed_body is not null order by message_id`;
}

/** Locked in the order of the ids, as whatever else writes to the rejects does. */
function replaceSql(rejects: string): string {
  return `with wanted as materialized (
  select * from unnest(?::uuid[], ?::bytea[], ?::bytea[]) with ordinality as w(message_id, head, resealed, position)
), free as materialized (
  select message_id from ${rejects} where message_id = any (?::uuid[]) order by message_id for update skip locked
)
update ${rejects} as t set sealed_body = w.resealed
from wanted as w join free using (message_id)
where t.message_id = w.message_id and substring(t.sealed_body from 1 for ${HEAD_BYTES}) = w.head
returning w.position - 1 as number`;
}

/** The id of the key that a body was sealed with, in SQL: see `sealText`. */
export function sealKeySql(column: string): string {
  return `encode(substring(${column} from 2 for 4), 'hex')`;
}
