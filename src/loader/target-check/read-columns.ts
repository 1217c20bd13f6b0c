import type { Knex } from "knex";
import { TIMEOUT_MS } from "../catalog.js";
import { rawBindings } from "../query.js";
import type { ColumnFacts } from "./facts.js";

/**
 * All columns of some tables. A type is followed from domains to what they are made of, and from arrays to their
 * elements; what a domain demands counts as the column's as long as no array is in between.
 */
const SQL = `with recursive steps as (
  select a.attrelid, a.attnum, 0 as step, a.atttypid as type, a.atttypmod as modifier, 0 as arrays,
         a.attnotnull as not_null, false as has_default
  from pg_attribute a
  where a.attrelid = any (?::oid[]) and a.attnum > 0 and not a.attisdropped
  union all
  select s.attrelid, s.attnum, s.step + 1,
         case when t.typtype = 'd' then t.typbasetype else t.typelem end,
         case when t.typtype = 'd' then t.typtypmod else s.modifier end,
         s.arrays + case when t.typtype = 'd' then 0 else 1 end,
         s.not_null or (t.typnotnull and s.arrays = 0),
         s.has_default or (t.typdefault is not null and s.arrays = 0)
  from steps s join pg_type t on t.oid = s.type
  where t.typtype = 'd' or exists (select from pg_type e where e.oid = t.typelem and e.typarray = t.oid)
), types as (
  select distinct on (attrelid, attnum) * from steps order by attrelid, attnum, step desc
)
select a.attrelid::bigint::text as "table", a.attname as name,
  json_build_object(
    'text', format_type(a.atttypid, a.atttypmod), 'base', format_type(t.oid, k.modifier), 'name', format_type(t.oid, null), 'modifier', k.modifier,
    'arrays', k.arrays, 'isString', t.typcategory = 'S', 'isBuiltIn', n.nspname = 'pg_catalog',
    'kind', case t.typtype when 'b' then 'base' when 'e' then 'enum' when 'c' then 'composite'
                           when 'r' then 'range' when 'm' then 'range' else 'other' end,
    'casts', array(select format_type(castsource, null) from pg_cast
                   where casttarget = t.oid and castcontext in ('a', 'i'))
  ) as type,
  k.not_null as "notNull",
  (a.atthasdef and a.attgenerated = '') or k.has_default or a.attidentity <> '' as "hasDefault",
  a.attgenerated <> '' as "isGenerated",
  case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
  has_column_privilege(a.attrelid, a.attnum, 'INSERT') as insertable,
  has_column_privilege(a.attrelid, a.attnum, 'UPDATE') as updatable,
  has_column_privilege(a.attrelid, a.attnum, 'SELECT') as selectable,
  not exists (select from pg_collation l where l.oid = a.attcollation and not l.collisdeterministic) as "isCollationExact",
  c.relkind <> 'v' or pg_column_is_updatable(a.attrelid, a.attnum, true)
    or exists (select from pg_trigger g where g.tgrelid = a.attrelid and g.tgtype & 68 = 68 and g.tgenabled in ('O', 'A'))
    or exists (select from pg_rewrite r where r.ev_class = a.attrelid and r.ev_type = '3') as "isWritable",
  (select format('%s.%s', q.relnamespace::regnamespace, q.relname) from pg_attrdef d
   join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
   join pg_class q on q.oid = p.refobjid
   where d.adrelid = a.attrelid and d.adnum = a.attnum
     and case when q.relkind = 'S' then not has_sequence_privilege(q.oid, 'USAGE, UPDATE') else false end
   limit 1) as "closedSequence",
  (select i.indexrelid::regclass::text from pg_index i
   where i.indrelid = a.attrelid and i.indisunique
     and a.attnum = any ((i.indkey::int2[])[0 : i.indnkeyatts - 1]) limit 1) as "uniqueIndex"
from types k
join pg_attribute a using (attrelid, attnum)
join pg_class c on c.oid = a.attrelid
join pg_type t on t.oid = k.type
join pg_namespace n on n.oid = t.typnamespace
order by a.attrelid, a.attnum`;

interface FoundColumn extends ColumnFacts {
  /** The oid. */
  readonly table: string;
}

/** The columns of tables, by their oids. */
export async function readColumns(
  knex: Knex,
  oids: readonly string[],
): Promise<ReadonlyMap<string, readonly ColumnFacts[]>> {
  const { rows } = await knex.raw(SQL, rawBindings([oids])).timeout(TIMEOUT_MS);
  const byTable = new Map<string, ColumnFacts[]>(oids.map((oid) => [oid, []]));
  for (const { table, ...column } of rows as readonly FoundColumn[]) byTable.get(table)?.push(column);
  return byTable;
}
