import type { VaultEntry } from "../masking/token.js";
import type { Row, Value } from "../row.js";
import { quoteTable } from "./identifier.js";
import type { LoadMessage } from "./store.js";

/** A column that holds tokens: its name in the relation, where it carries blind indexes, and its domain. */
export interface TokenColumn {
  readonly relation: string;
  readonly value: string;
  readonly domain: string;
}

/**
 * The part of the load statement that gives tokens: `vault` has one for each entry, by domain and blind index.
 *
 * What the vault knows already, under whichever key, keeps its token. The rest goes in with the rows, in the order of its
 * keys so that two drains do not deadlock; where another drain was faster, its token is taken (`do update` waits for it
 * and returns it, `do nothing` would not). For messages that were loaded before nothing goes in: a value that was
 * forgotten since stays so. `superseded` has a row when somebody has made another key the current one: then nothing is
 * loaded, since equal values would get two tokens.
 */
export function vaultCtes(schema: string, columns: readonly TokenColumn[]): string {
  const tokens = quoteTable({ schema, name: "tokens" });
  const uses = columns.map(
    ({ relation, value }) => `select message_id, ?::text as domain, ${value} as blind_index from ${relation}`,
  );
  return `entries as materialized (
  select * from unnest(?::text[], ?::bytea[], ?::text[], ?::bytea[], ?::text[])
    with ordinality as t(domain, blind_index, token, sealed_value, key_id, place)
), superseded as materialized (
  select from ${quoteTable({ schema, name: "mask_keys" })} as current
  join (select distinct domain, key_id from entries) as ours using (domain)
  where current.strategy = 'token' and current.is_current and current.key_id <> ours.key_id
), names as (
  select place, domain, blind_index from entries
  union all
  select place, domain, other.blind_index
  from unnest(?::bigint[], ?::bytea[]) as other(place, blind_index) join entries using (place)
), known as materialized (
  select distinct on (place) place, kept.token
  from names join ${tokens} as kept using (domain, blind_index) order by place
), uses as (
  ${uses.join("\n  union all\n  ")}
), made as (
  insert into ${tokens} (domain, blind_index, token, sealed_value, key_id)
  select domain, blind_index, token, sealed_value, key_id from entries
  where not exists (select from known where known.place = entries.place)
    and not exists (select from superseded)
    and exists (
      select from uses where uses.domain = entries.domain and uses.blind_index = entries.blind_index
        and not exists (select from ${quoteTable({ schema, name: "ledger" })} as old where old.message_id = uses.message_id)
    )
  order by domain, blind_index
  on conflict (domain, blind_index) do update set domain = excluded.domain
  returning domain, blind_index, token
), vault as materialized (
  select domain, blind_index, coalesce(made.token, known.token) as token
  from entries left join made using (domain, blind_index) left join known using (place)
), `;
}

/** Gives a relation the tokens of a column; its binding is the domain. */
export function vaultJoin({ value }: TokenColumn): string {
  return `
    left join vault as ${value}_vault on ${value}_vault.domain = ?::text and ${value}_vault.blind_index = ${value}`;
}

/** In the order of the question marks of `vaultCtes`. */
export function vaultBindings(messages: readonly LoadMessage[], columns: readonly TokenColumn[]): unknown[] {
  const entries = entriesOf(messages.flatMap(({ rows }) => rows));
  const others = entries.flatMap(({ knownAs }, index) => knownAs.map((name) => ({ place: index + 1, name })));
  return [
    entries.map(({ domain }) => domain),
    entries.map(({ blindIndex }) => blindIndex),
    entries.map(({ token }) => token),
    entries.map(({ sealedValue }) => sealedValue),
    entries.map(({ keyId }) => keyId),
    others.map(({ place }) => place),
    others.map(({ name }) => name),
    ...columns.map(({ domain }) => domain),
  ];
}

/** Each value once. */
function entriesOf(rows: readonly Row[]): VaultEntry[] {
  const entries = new Map<string, VaultEntry>();
  for (const { values } of rows) {
    for (const value of values) {
      if (isEntry(value)) entries.set(`${value.blindIndex.toString("base64")} ${value.domain}`, value);
    }
  }
  return [...entries.values()];
}

export function isEntry(value: Value): value is VaultEntry {
  return typeof value === "object" && value !== null;
}
