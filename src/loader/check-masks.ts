import type { Knex } from "knex";
import type { TableName } from "../config/pipeline.js";
import { DatabaseError } from "../errors.js";
import { STRATEGIES } from "../masking/index.js";
import { tableOidSql } from "./catalog.js";
import { tableText } from "./identifier.js";
import type { TargetColumn } from "./target.js";

interface MaskedColumn {
  readonly name: string;
  /** The length of a varchar or char; null for all else. */
  readonly length: number | null;
  /** A unique index or a primary key that the column is part of. */
  readonly uniqueIndex: string | null;
}

/**
 * Looks at the table's own columns for what would otherwise be found row by row: a mask whose output is wider than its
 * column, or differs each time though a unique index relies on it. Throws `DatabaseError` `mask_too_wide` and
 * `mask_not_deterministic`.
 */
export async function checkMasks(
  knex: Knex,
  table: TableName,
  columns: readonly TargetColumn[],
): Promise<void> {
  const masked = columns.filter(({ mask }) => mask !== undefined);
  if (masked.length === 0) return;
  const found = await maskedColumns(
    knex,
    table,
    masked.map(({ name }) => name),
  );
  for (const { name, mask } of masked) {
    const twin = found.find((column) => column.name === name);
    if (mask === undefined || twin === undefined) continue;
    const { deterministic, outputLength } = STRATEGIES[mask.strategy];
    const length = outputLength(mask);
    const column = `column ${name} of table ${tableText(table)}`;
    if (length !== undefined && twin.length !== null && length > twin.length) {
      throw new DatabaseError(
        "failed",
        "mask_too_wide",
        `${column} holds ${twin.length} characters, and the mask ${mask.strategy} makes up to ${length}: make the column wider, or choose another mask`,
      );
    }
    if (!deterministic && twin.uniqueIndex !== null) {
      throw new DatabaseError(
        "failed",
        "mask_not_deterministic",
        `${column} is part of the unique index ${twin.uniqueIndex}, and the mask ${mask.strategy} makes something else of equal values each time: choose a deterministic mask, such as aes-siv`,
      );
    }
  }
}

async function maskedColumns(
  knex: Knex,
  table: TableName,
  names: readonly string[],
): Promise<MaskedColumn[]> {
  const { sql, bindings } = tableOidSql(table);
  const { rows } = await knex.raw(
    `select a.attname as name,
            case when a.atttypid in ('varchar'::regtype, 'bpchar'::regtype) and a.atttypmod > 4
                 then a.atttypmod - 4 end as length,
            (select i.indexrelid::regclass::text from pg_index i
             where i.indrelid = a.attrelid and i.indisunique and a.attnum = any ((i.indkey::int2[])[0 : i.indnkeyatts - 1]) limit 1) as "uniqueIndex"
     from pg_attribute a where a.attrelid = (${sql}) and a.attname = any (?::text[])`,
    [...bindings, [...names]],
  );
  return rows;
}
