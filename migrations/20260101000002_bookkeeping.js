/**
 * The ledger of loaded messages, the rejects, and the runs.
 *
 * @param {import("knex").Knex} knex
 * @param {{ schema: string }} settings
 */
export async function up(knex, { schema }) {
  await knex.raw(
    `create table ??.ledger (
  message_id uuid primary key,
  run_id uuid not null,
  loaded_at timestamptz not null
)`,
    [schema],
  );
  // For pruning.
  await knex.raw("create index ledger_loaded_at on ??.ledger (loaded_at)", [schema]);
  await knex.raw(
    `create table ??.rejects (
  message_id uuid primary key,
  queue text not null,
  stage text not null,
  code text not null,
  field text,
  reason text not null,
  shape jsonb,
  sealed_body bytea,
  receive_count integer not null,
  sent_at timestamptz,
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  run_id uuid not null
)`,
    [schema],
  );
  await knex.raw(
    `create table ??.runs (
  id uuid primary key,
  queue text not null,
  target text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  stopped_because text,
  counters jsonb,
  key_id text,
  version text not null
)`,
    [schema],
  );
}

/**
 * Refuses while a sealed body is left, since it is the only copy of its message, and while the ledger knows a message
 * that SQS could deliver again (for as long as it is kept from pruning): without its entry it would be loaded twice.
 *
 * @param {import("knex").Knex} knex
 * @param {{ schema: string }} settings
 */
export async function down(knex, { schema }) {
  await knex.raw("lock table ??.ledger, ??.rejects in access exclusive mode", [schema, schema]);
  const { rows } = await knex.raw(
    `select exists (select from ??.rejects where sealed_body is not null) as sealed,
            exists (select from ??.ledger where loaded_at > now() - interval '21 days') as in_use`,
    [schema, schema],
  );
  const [{ sealed, in_use: inUse }] = rows;
  if (sealed) throw refusal("sealed_bodies_left", "sealed bodies are left in the rejects");
  if (inUse) throw refusal("ledger_in_use", "the ledger knows messages that may come again");
  for (const table of ["runs", "rejects", "ledger"]) await knex.raw("drop table ??.??", [schema, table]);
}

/**
 * @param {string} code
 * @param {string} message
 */
function refusal(code, message) {
  return Object.assign(new Error(message), { code });
}
