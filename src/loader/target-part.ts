import { assigned, elementType } from "./element-type.js";
import { quoteIdentifier, quoteTable } from "./identifier.js";
import { AGE, keyDigest, NEWEST_FIRST, newestCte, newestName } from "./newest-sql.js";
import type { LoadTarget } from "./target.js";
import { type TokenColumn, vaultJoin } from "./vault-sql.js";

/** What one target adds to the load statement. */
export interface TargetPart {
  /** The name of `incoming`. */
  readonly relation: string;
  readonly tokenColumns: readonly TokenColumn[];
  /** The rows that are to go in. */
  readonly incoming: string;
  readonly insert: string;
  readonly insertBindings: readonly unknown[];
  /** How many rows gave way to one with the same key: an expression, where that can be. */
  readonly superseded?: string;
}

/** The part of a target: its rows go in in their order, constants beside them. */
export function partOf(target: LoadTarget, index: number, schema: string): TargetPart {
  const place = index + 1;
  const relation = `incoming_${place}`;
  const tokenColumns = target.columns.flatMap(({ mask }, column): TokenColumn[] =>
    mask?.strategy === "token" ? [{ relation, value: `c${column + 1}`, domain: mask.domain }] : [],
  );
  const isUpdate = target.conflict?.action === "update";
  const names = valueNames(target);
  // Where the newest message counts, each row says how new it is.
  const age = isUpdate ? AGE : [];
  return {
    relation,
    tokenColumns,
    incoming: `${relation} as materialized (
  select * from unnest(${["?::uuid[]", ...age.map(([, type]) => `?::${type}[]`), ...arrayParameters(target)].join(", ")}) with ordinality as t(${["message_id", ...age.map(([name]) => name), ...names, "place"].join(", ")})
)`,
    ...(isUpdate
      ? upsertOf(target, { place, relation, tokenColumns, schema })
      : insertOf(target, { place, relation, tokenColumns })),
  };
}

interface Relations {
  readonly place: number;
  readonly relation: string;
  readonly tokenColumns: readonly TokenColumn[];
}

type Insert = Pick<TargetPart, "insert" | "insertBindings" | "superseded">;

function insertOf(target: LoadTarget, { place, relation, tokenColumns }: Relations): Insert {
  const { columns, conflict } = target;
  const values = columns.map(({ type }, column) => assigned(selected(`c${column + 1}`, tokenColumns), type));
  const fresh = `${relation} join fresh using (message_id)`;
  const ignored =
    conflict === undefined ? "" : `\n  on conflict (${quotedNames(conflict.key)}) do nothing returning 1`;
  return {
    insert: `target_${place} as (
  ${intoTarget(target)}
  select ${[...values, ...placeholders(target)].join(", ")} from ${fresh}${tokenColumns.map(vaultJoin).join("")} order by ${[...keyOrder(target), "place"].join(", ")}${ignored}
)`,
    insertBindings: [...constantTexts(target), ...tokenColumns.map(({ domain }) => domain)],
    ...(conflict === undefined ? {} : { superseded: givenWay(fresh, place) }),
  };
}

/**
 * Of the rows with the same key only the newest is a candidate, and of the candidates only those go in that are newer
 * than what the key had before. Keys are locked in the order of their digests, so that two drains wait for each other
 * instead of deadlocking.
 */
function upsertOf(
  target: LoadTarget,
  { place, relation, tokenColumns, schema }: Relations & { readonly schema: string },
): Insert {
  const { columns, constants = [], conflict } = target;
  const key = conflict?.key ?? [];
  const [candidates, newest] = [`candidates_${place}`, `newest_${place}`];
  const fresh = `${relation} join fresh using (message_id)`;
  const resolved = columns.map((_, column) => {
    const value = `c${column + 1}`;
    const token = selected(value, tokenColumns);
    return token === value ? value : `${token} as ${value}`;
  });
  const updated = [...columns, ...constants].map(({ name }) => name).filter((name) => !key.includes(name));
  const sets = updated.map((name) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`);
  const values = columns.map(({ type }, column) => assigned(`c${column + 1}`, type));
  return {
    insert: `${candidates} as materialized (
  select distinct on (digest) *, ${keyDigest(target)} as digest from (
    select ${["message_id", ...AGE.map(([name]) => name), "place", ...resolved].join(", ")} from ${fresh}${tokenColumns.map(vaultJoin).join("")}
  ) as resolved
  order by digest, ${NEWEST_FIRST}, place desc
), ${newestCte({ newest, candidates, schema, target: newestName(target) })}, target_${place} as (
  ${intoTarget(target)}
  select ${[...values, ...placeholders(target)].join(", ")} from ${candidates} join ${newest} using (digest) order by place
  on conflict (${quotedNames(key)}) do ${sets.length === 0 ? "nothing" : `update set ${sets.join(", ")}`} returning 1
)`,
    insertBindings: [...tokenColumns.map(({ domain }) => domain), ...constantTexts(target)],
    superseded: givenWay(fresh, place),
  };
}

/** Two drains that ignore the same keys wait for each other instead of deadlocking. */
function keyOrder({ columns, conflict }: LoadTarget): string[] {
  const key = conflict?.key ?? [];
  return columns.flatMap(({ name }, column) => (key.includes(name) ? `c${column + 1}` : []));
}

function givenWay(fresh: string, place: number): string {
  return `(select count(*) from ${fresh}) - (select count(*) from target_${place})`;
}

/** What the values of its columns are called where they come in. */
export function valueNames({ columns }: LoadTarget): string[] {
  return columns.map((_, column) => `c${column + 1}`);
}

/** The parameters that they come in by, an array a column. */
export function arrayParameters({ columns }: LoadTarget): string[] {
  return columns.map((column) => `?::${elementType(column)}[]`);
}

/** The head of the insert: the columns, and then those of the constants. */
export function intoTarget({ table, columns, constants = [] }: LoadTarget): string {
  return `insert into ${quoteTable(table)} (${quotedNames([...columns, ...constants].map(({ name }) => name))})`;
}

function quotedNames(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(", ");
}

export function hasConstants({ constants = [] }: LoadTarget): boolean {
  return constants.length > 0;
}

/** A parameter without a type takes that of the column that it goes to. */
export function placeholders({ constants = [] }: LoadTarget): string[] {
  return constants.map(() => "?");
}

export function constantTexts({ constants = [] }: LoadTarget): (string | null)[] {
  return constants.map(({ text }) => text);
}

function selected(value: string, tokenColumns: readonly TokenColumn[]): string {
  return tokenColumns.some((column) => column.value === value) ? `${value}_vault.token` : value;
}
