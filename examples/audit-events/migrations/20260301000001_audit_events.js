/** @param {import("knex").Knex} knex */
export async function up(knex) {
  await knex.raw(`create table audit_events (
  event_id uuid primary key,
  occurred_at timestamptz not null,
  source varchar(64),
  event_name varchar(64) not null,
  outcome varchar(16),
  actor varchar(64),
  principal varchar(64),
  user_name text,
  source_network inet,
  detail jsonb
);
create index audit_events_detail on audit_events using gin (detail)`);
}

/** @param {import("knex").Knex} knex */
export async function down(knex) {
  await knex.raw("drop table audit_events");
}
