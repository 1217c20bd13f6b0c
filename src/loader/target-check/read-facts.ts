import type { Knex } from "knex";
import type { TableName } from "../../config/pipeline.js";
import { oidSql, TABLE_KINDS, TIMEOUT_MS } from "../catalog.js";
import { rawBindings } from "../query.js";
import type { CatalogFacts, TableFacts } from "./facts.js";
import { readColumns } from "./read-columns.js";

/** What has a name in the same space as tables, so that it can be meant by mistake. */
const OTHER_KINDS = "'m', 'S', 'c', 'i', 'I'";

/** A policy that lets the user do something to some rows, by the letter that stands for it in the catalogue. */
function policyFor(command: "a" | "w" | "r"): string {
  return `exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('${command}', '*')
            and exists (select from unnest(p.polroles) as r(oid) where r.oid = 0 or pg_has_role(r.oid, 'USAGE')))`;
}

const wanted = { schema: "w.schema", name: "w.name" };

/** Row-level security: https://www.postgresql.org/docs/current/ddl-rowsecurity.html */
const SQL = `select current_setting('TimeZone') as "timeZone", w.place::integer - 1 as place, c.oid::bigint::text as oid,
  case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
                 when 'f' then 'foreign table' else 'other' end as kind,
  case c.relkind when 'm' then 'a materialized view' when 'S' then 'a sequence' when 'c' then 'a composite type'
                 when 'i' then 'an index' when 'I' then 'an index' else 'a table' end as "kindText",
  n.nspname as schema, has_schema_privilege(n.oid, 'USAGE') as "isReachable",
  pg_relation_is_updatable(c.oid, true) & 8 = 8 as "takesRows",
  exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgtype & 7 = 7 and g.tgenabled in ('O', 'A'))
    as "hasRowTrigger",
  c.relkind <> 'p' or exists (select from pg_partition_tree(c.oid) where isleaf) as "hasPartition",
  c.relkind in ('r', 'p') and row_security_active(c.oid) as "isRowSecured",
  ${policyFor("a")} as "hasInsertPolicy", ${policyFor("w")} as "hasUpdatePolicy", ${policyFor("r")} as "hasSelectPolicy",
  array(
    select json_build_object('name', x.relname, 'columns', array(
      select a.attname from unnest((i.indkey::int2[])[0 : i.indnkeyatts - 1]) with ordinality as k(attnum, place)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by k.place
    ), 'unusable', case when i.indisexclusion then 'about periods that do not overlap' when i.indpred is not null then 'partial'
                        when i.indexprs is not null then 'on an expression' when not i.indimmediate then 'deferrable'
                        when not i.indisvalid then 'not valid' end)
    from pg_index i join pg_class x on x.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisunique order by not i.indisprimary, x.relname
  ) as "uniqueIndexes"
from unnest(?::text[], ?::text[]) with ordinality as w(schema, name, place)
left join pg_class c on c.oid = coalesce((${oidSql({ ...wanted, kinds: TABLE_KINDS })}), (${oidSql({ ...wanted, kinds: OTHER_KINDS })}))
left join pg_namespace n on n.oid = c.relnamespace
order by w.place`;

interface FoundTable extends TableFacts {
  readonly timeZone: string;
  readonly place: number;
  /** Null: there is none. */
  readonly oid: string | null;
}

/** What the catalogue says of some tables; throws what the driver throws. */
export async function readFacts(knex: Knex, tables: readonly TableName[]): Promise<CatalogFacts> {
  const names = tables.map(({ name }) => name);
  const schemas = tables.map(({ schema = null }) => schema);
  const { rows } = await knex.raw(SQL, rawBindings([schemas, names])).timeout(TIMEOUT_MS);
  const found = rows as readonly FoundTable[];
  const columns = await readColumns(
    knex,
    found.flatMap(({ oid }) => oid ?? []),
  );
  return {
    timeZone: found[0]?.timeZone ?? "",
    tables: found.map(({ oid, ...table }) =>
      oid === null ? undefined : { ...table, columns: columns.get(oid) ?? [] },
    ),
  };
}

/** Of a table that is not there: those that could be meant, as they would be written in a pipeline. */
export async function readNames(knex: Knex, table: TableName): Promise<readonly string[]> {
  const { name } = table;
  const schema = table.schema ?? null;
  const { rows } = await knex
    .raw(
      `select case when ?::text is null and n.nspname = any (current_schemas(true)) then c.relname
                   else format('%s.%s', n.nspname, c.relname) end as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in (${TABLE_KINDS}) and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
         and (c.relname = ? or case when ?::text is null then n.nspname = any (current_schemas(true)) else n.nspname = ? end)
       order by c.relname <> ?, n.nspname, c.relname limit 1000`,
      rawBindings([schema, name, schema, schema, name]),
    )
    .timeout(TIMEOUT_MS);
  return rows.map((row: { name: string }) => row.name);
}
