/**
 * What masks need: the vault of the tokens, which keys are in use where, and who has unmasked what.
 *
 * @param {import("knex").Knex} knex
 * @param {{ schema: string }} settings
 */
export async function up(knex, { schema }) {
  await knex.raw(
    `create table ??.tokens (
  domain text not null,
  blind_index bytea not null,
  token text not null unique,
  sealed_value bytea not null,
  key_id text not null,
  created_at timestamptz not null default now(),
  primary key (domain, blind_index)
)`,
    [schema],
  );
  // For what is still under an old key.
  await knex.raw("create index tokens_key on ??.tokens (key_id, token)", [schema]);
  await knex.raw(
    `create table ??.mask_keys (
  table_name text not null,
  column_name text not null,
  strategy text not null,
  domain text not null,
  key_id text not null,
  is_current boolean not null,
  first_used_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  primary key (table_name, column_name, strategy, domain, key_id)
)`,
    [schema],
  );
  await knex.raw(
    `create table ??.unmask_log (
  id bigint generated always as identity primary key,
  command text not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  database_user text not null default session_user,
  os_user text not null,
  host text not null,
  source text not null,
  table_name text,
  columns text[],
  filter text,
  values_done bigint,
  values_failed bigint,
  version text not null
)`,
    [schema],
  );
}

/**
 * Refuses while the vault holds tokens, since it is all that their values can be found by, and while the log has entries:
 * it is a record for others than those who roll back.
 *
 * @param {import("knex").Knex} knex
 * @param {{ schema: string }} settings
 */
export async function down(knex, { schema }) {
  await knex.raw("lock table ??.tokens, ??.unmask_log in access exclusive mode", [schema, schema]);
  const { rows } = await knex.raw(
    `select exists (select from ??.tokens) as tokens, exists (select from ??.unmask_log) as entries`,
    [schema, schema],
  );
  const [{ tokens, entries }] = rows;
  if (tokens) throw refusal("tokens_left", "tokens are left in the vault");
  if (entries) throw refusal("unmask_log_left", "the log of what was unmasked has entries");
  for (const table of ["unmask_log", "mask_keys", "tokens"])
    await knex.raw("drop table ??.??", [schema, table]);
}

/**
 * @param {string} code
 * @param {string} message
 */
function refusal(code, message) {
  return Object.assign(new Error(message), { code });
}
