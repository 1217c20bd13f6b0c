import { quoteIdentifier } from "./identifier.js";

/** A table with rows of its own: a plain one, or a partition of one. */
export interface LeafTable {
  readonly oid: number;
  /** What to select from and to update, as SQL takes it: it may hold more than this part. */
  readonly sqlName: string;
  /** Pages of the table's file. */
  readonly blocks: number;
  /** An estimate: rows, as the last `analyze` had it. */
  readonly rows: number;
  /** PostgreSQL 14 on goes to a range of places without reading the rest. */
  readonly hasRangeScans: boolean;
}

/** Blocks from `from` on, up to `to`, which is not one of them. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** A column whose values name their key. */
export interface KeyedColumn {
  readonly name: string;
  /** What is joined by in its place, if there is such a column. */
  readonly companion: string | undefined;
  /** What the values begin with, such as `s1`. */
  readonly scheme: string;
  readonly wantedKeyId: string;
  /** Of those that are looked at: they can be opened. */
  readonly openedKeyIds: readonly string[];
}

/** What was looked at of a row: its values that can be opened; null: nothing to do there. */
export interface StoredRow {
  /** Its ctid. */
  readonly place: string;
  readonly values: readonly (string | null)[];
  /** What stands in the companions of the columns now. */
  readonly companions: readonly (string | null)[];
}

/** A row's new values: null leaves them as they are. */
export interface RenewedRow extends StoredRow {
  readonly newValues: readonly (string | null)[];
  readonly newCompanions: readonly (string | null)[];
}

type Statement = [sql: string, bindings: unknown[]];

const HEAD_LENGTH = "s1.00000000.".length;

function head({ scheme }: KeyedColumn, keyId: string): string {
  return `${scheme}.${keyId}.`;
}

function textOf({ name }: Pick<KeyedColumn, "name">): string {
  return `t.${quoteIdentifier(name)}::text`;
}

/** The rows of a part in a range of its blocks, after a place. */
function inRange({ oid, hasRangeScans }: LeafTable, { from, to }: BlockRange, after?: string): Statement {
  const ofPart = `t.tableoid = ${oid}::oid`;
  const first = after ?? `(${from},0)`;
  if (hasRangeScans) return [`${ofPart} and t.ctid > ?::tid and t.ctid < ?::tid`, [first, `(${to},0)`]];
  // All places that there can be; a row takes 28 bytes of its block at the least.
  const places = `array(select format('(%s,%s)', block, item)::tid
    from generate_series(?::bigint, ?::bigint) as block
    cross join generate_series(1, current_setting('block_size')::integer / 28) as item)`;
  return [`${ofPart} and t.ctid > ?::tid and t.ctid = any (${places})`, [first, from, to - 1]];
}

/**
 * How many values a column has under which key, those under the wanted one aside, unless they are opened too: one pass
 * over the rows for all columns. Values that name no key are counted under null.
 */
export function censusSql(leaf: LeafTable, range: BlockRange, columns: readonly KeyedColumn[]): Statement {
  const [condition, bindings] = inRange(leaf, range);
  const values = columns.map((column, index) => `(${index}, ${textOf(column)}, ?::text, ?::text)`);
  return [
    `select v.place, case when v.value ~ v.form then substr(v.value, 4, 8) end as key_id, count(*) as count
from ${leaf.sqlName} as t
cross join lateral (values ${values.join(", ")}) as v(place, value, passed_over, form)
where ${condition} and v.value is not null and left(v.value, ${HEAD_LENGTH}) is distinct from v.passed_over
group by 1, 2`,
    [
      ...columns.flatMap((column) => [
        column.openedKeyIds.includes(column.wantedKeyId) ? null : head(column, column.wantedKeyId),
        `^${column.scheme}\\.[0-9a-f]{8}\\.`,
      ]),
      ...bindings,
    ],
  ];
}

/**
 * Rows with values that can be opened. It takes two more bindings: rows, and bytes of values, at the most. Sizes are known
 * without reading the values.
 */
export function pageSql(
  leaf: LeafTable,
  range: BlockRange,
  afterPlace: string | undefined,
  columns: readonly KeyedColumn[],
): Statement {
  const [condition, bindings] = inRange(leaf, range, afterPlace);
  const isOpened = columns.map((column) => `left(${textOf(column)}, ${HEAD_LENGTH}) = any (?::text[])`);
  const heads = columns.map((column) => column.openedKeyIds.map((id) => head(column, id)));
  const selected = columns.map(
    (column, index) => `case when ${isOpened[index]} then ${textOf(column)} end as v${index}`,
  );
  const companions = columns.flatMap(({ companion }, index) =>
    companion === undefined ? [] : [`${textOf({ name: companion })} as j${index}`],
  );
  const bytes = columns.map((_, index) => `coalesce(octet_length(v${index}), 0)`).join(" + ");
  return [
    `with candidates as materialized (
  select ${["t.ctid as place", ...selected, ...companions].join(", ")} from ${leaf.sqlName} as t
  where ${condition} and (${isOpened.join(" or ")}) limit ?::integer
)
select place::text as at, measured.* from (
  select *, sum(${bytes}) over earlier as total, row_number() over earlier as number
  from candidates window earlier as (order by place)
) as measured where total <= ?::bigint or number = 1 order by measured.place`,
    [...heads, ...bindings, ...heads],
  ];
}

/**
 * Rows that somebody else has locked are passed over, so that nobody waits for nobody. The place of a row that was
 * changed is another one, and that the value is the same makes sure of the rest.
 */
export function replaceSql(leaf: LeafTable, columns: readonly KeyedColumn[]): string {
  const parts = columns.flatMap((_, index) => [`o${index}`, `n${index}`, `j${index}`]);
  const sets = columns.flatMap(({ name, companion }, index) => [
    assignment(name, `n${index}`),
    ...(companion === undefined ? [] : [assignment(companion, `j${index}`)]),
  ]);
  const isSame = columns.map((column, index) => `(w.o${index} is null or ${textOf(column)} = w.o${index})`);
  const columnsOfRow = ["place", ...parts].join(", ");
  const given = `unnest(?::tid[]${", ?::text[]".repeat(parts.length)})`;
  const isHere = `t.tableoid = ${leaf.oid}::oid and t.ctid = w.place and ${isSame.join(" and ")}`;
  // The planner knows the number of places only from the second list of them.
  return `with free as materialized (
  select w.* from ${given} with ordinality as w(${columnsOfRow}, position) join ${leaf.sqlName} as t on ${isHere}
  where t.ctid = any (?::tid[]) for update of t skip locked
)
update ${leaf.sqlName} as t set ${sets.join(", ")} from free as w where ${isHere} returning w.position - 1 as number`;
}

function assignment(name: string, value: string): string {
  const column = quoteIdentifier(name);
  return `${column} = coalesce(w.${value}, t.${column})`;
}

/** In the order of the question marks of `replaceSql`. */
export function rowBindings(rows: readonly RenewedRow[], columns: readonly KeyedColumn[]): unknown[] {
  const places = rows.map(({ place }) => place);
  const values = columns.flatMap((_, index) => [
    rows.map((row) => row.values[index] ?? null),
    rows.map((row) => row.newValues[index] ?? null),
    rows.map((row) => row.newCompanions[index] ?? null),
  ]);
  return [places, ...values, places];
}
