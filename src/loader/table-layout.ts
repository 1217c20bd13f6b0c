import type { TableName } from "../config/pipeline.js";
import { tableOidSql } from "./catalog.js";
import { connect } from "./connection.js";
import type { ConnectionSettings } from "./connection-settings.js";
import { toDatabaseError } from "./errors/database-error.js";
import { toStoreError } from "./errors/driver-error.js";
import { tableText } from "./identifier.js";

/** A column of a table that is there. */
export interface LayoutColumn {
  readonly name: string;
  /** With its length, such as `character varying(64)`. */
  readonly type: string;
  /** A row needs a value for it: it is not null and has no default. */
  readonly needsValue: boolean;
  /** PostgreSQL computes it: nothing can be loaded into it. */
  readonly isGenerated: boolean;
}

/** For one look at the catalogue. */
const TIMEOUT_MS = 10_000;

/** The columns of a table in their order; undefined where there is no such table. Throws `DatabaseError`. */
export async function tableLayout(
  database: ConnectionSettings,
  table: TableName,
): Promise<LayoutColumn[] | undefined> {
  const { knex, target, user, close } = connect(database, { poolSize: 1 });
  const { sql, bindings } = tableOidSql(table);
  try {
    const columns = knex.raw(
      `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
              a.attnotnull and not a.atthasdef and a.attidentity = '' as "needsValue",
              a.attgenerated <> '' or a.attidentity = 'a' as "isGenerated"
       from pg_attribute a
       where a.attnum > 0 and not a.attisdropped and a.attrelid = (${sql})
       order by a.attnum`,
      [...bindings],
    );
    const { rows } = await columns.timeout(TIMEOUT_MS);
    return rows.length === 0 ? undefined : rows;
  } catch (error) {
    throw toDatabaseError(toStoreError(error, { target, user, table: tableText(table) }, false));
  } finally {
    await close();
  }
}
