/** @param {import("knex").Knex} knex */
export async function up(knex) {
  await knex.raw(`create table object_events (
  id bigint generated always as identity,
  bucket varchar(63) not null,
  object_key text not null,
  sequencer varchar(32) not null,
  event_name varchar(64) not null,
  event_time timestamptz not null,
  size_bytes bigint,
  etag varchar(64),
  version_id varchar(1024),
  principal varchar(64),
  source_network inet,
  primary key (bucket, object_key, sequencer)
)`);
}

/** @param {import("knex").Knex} knex */
export async function down(knex) {
  await knex.raw("drop table object_events");
}
