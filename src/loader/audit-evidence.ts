import type { TableName } from "../config/pipeline.js";
import { DatabaseError } from "../errors.js";
import { type MaskSpec, STRATEGIES } from "../masking/index.js";
import { explainAuditFailure } from "./audit-failure.js";
import { formOf, KEYED_FORMS } from "./audit-forms.js";
import { type AuditSource, auditSource } from "./audit-source.js";
import { columnsOf } from "./catalog.js";
import type { Connection } from "./connection.js";
import { toDatabaseError } from "./errors/database-error.js";
import { toStoreError } from "./errors/driver-error.js";
import { quoteIdentifier, tableText } from "./identifier.js";
import { type ColumnUse, columnUses } from "./key-uses.js";
import { requireMigrations } from "./migrations/require.js";
import { query } from "./query.js";
import type { TargetColumn } from "./target.js";

export interface MaskedColumn extends TargetColumn {
  readonly mask: MaskSpec;
}

/** What is stored in one column. */
export interface ColumnEvidence {
  /** Without NULLs. */
  readonly values: number;
  /** Those that do not look like what the mask makes. */
  readonly otherForm: number;
  /** For a mask whose values name their key: how many name which. */
  readonly keys: ReadonlyMap<string, number>;
}

export interface Evidence {
  /** That were looked at. */
  readonly rows: number;
  /** Not all there are. */
  readonly isSample: boolean;
  /** By the names of the columns. */
  readonly columns: ReadonlyMap<string, ColumnEvidence>;
  /** Of the table's columns. */
  readonly uses: readonly ColumnUse[];
}

export interface EvidenceOptions {
  /** Of the bookkeeping. */
  readonly schema: string;
  readonly table: TableName;
  readonly columns: readonly MaskedColumn[];
  /** About so many rows in the place of all. */
  readonly sample: number | undefined;
  /** For each statement. */
  readonly timeoutMs: number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Counts what is stored in masked columns, by its form and its keys; no value leaves the database. Throws
 * `DatabaseError`.
 */
export async function storedEvidence(connection: Connection, options: EvidenceOptions): Promise<Evidence> {
  const { schema, table, columns, timeoutMs } = options;
  const { knex, target, user } = connection;
  const context = { target, user, table: tableText(table) };
  try {
    await requireMigrations(knex, schema, target);
    const uses = await columnUses(connection, schema, timeoutMs);
    const own = uses.filter((use) => use.table === context.table);
    const source = await auditSource(knex, table, options.sample);
    const types = (await columnsOf(knex, table)) ?? [];
    const isInet = (name: string): boolean =>
      types.some((column) => column.name === name && (column.type === "inet" || column.type === "cidr"));
    const ask = (sql: string, bindings: readonly unknown[]): Promise<Row[]> =>
      query(connection, sql, bindings, { table: context.table, timeoutMs });

    const [totals] = await ask(...totalsSql(source, columns, isInet));
    const found = new Map<string, ColumnEvidence>();
    for (const [index, column] of columns.entries()) {
      const values = Number(totals?.[`values_${index}`]);
      const otherForm = Number(totals?.[`others_${index}`]);
      const pattern = KEYED_FORMS[column.mask.strategy];
      const keys = pattern === undefined ? [] : await ask(...keysSql(source, column.name, pattern));
      found.set(column.name, { values, otherForm, keys: new Map(keys.map(countOfKey)) });
    }
    return { rows: Number(totals?.["rows"]), isSample: source.isSample, columns: found, uses: own };
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw toDatabaseError(
      await explainAuditFailure(connection, toStoreError(error, context, false), options),
    );
  }
}

/** One pass over all columns. */
function totalsSql(
  source: AuditSource,
  columns: readonly MaskedColumn[],
  isInet: (name: string) => boolean,
): [sql: string, bindings: unknown[]] {
  const typeOf = ({ name, mask }: MaskedColumn): "text" | "inet" =>
    STRATEGIES[mask.strategy].output === "ip" && isInet(name) ? "inet" : "text";
  const cells = columns.map(
    (column, index) => `${quoteIdentifier(column.name)}::${typeOf(column)} as c${index}`,
  );
  const forms = columns.map((column, index) => formOf(column.mask, `c${index}`, typeOf(column)));
  const counts = forms.map(
    ({ sql }, index) => `count(c${index}) as values_${index},
  count(*) filter (where c${index} is not null and not (${sql})) as others_${index}`,
  );
  return [
    `select ${["count(*) as rows", ...counts].join(",\n  ")}
from (select ${cells.join(", ")} from ${source.sql}) as stored`,
    [...forms.flatMap(({ bindings }) => bindings), ...source.bindings],
  ];
}

/** `pattern` has a key's id in its parentheses. */
function keysSql(source: AuditSource, column: string, pattern: string): [sql: string, bindings: unknown[]] {
  return [
    `select key_id, count(*) as values
from (select substring(${quoteIdentifier(column)}::text from ?::text) as key_id from ${source.sql}) as stored
where key_id is not null group by key_id`,
    [pattern, ...source.bindings],
  ];
}

function countOfKey({ key_id: keyId, values }: Row): [string, number] {
  return [String(keyId), Number(values)];
}
