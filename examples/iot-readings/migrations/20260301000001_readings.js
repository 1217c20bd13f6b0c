/** @param {import("knex").Knex} knex */
export async function up(knex) {
  await knex.raw(`create table readings (
  device varchar(64) not null,
  metric varchar(32) not null,
  measured_at timestamptz not null,
  value numeric,
  quality varchar(16) not null,
  reported_at timestamptz,
  primary key (device, metric, measured_at)
) partition by range (measured_at);
create table readings_2026_03_04 partition of readings for values from ('2026-03-04Z') to ('2026-03-05Z');
create table readings_2026_03_05 partition of readings for values from ('2026-03-05Z') to ('2026-03-06Z');
create table readings_other partition of readings default`);
}

/** @param {import("knex").Knex} knex */
export async function down(knex) {
  await knex.raw("drop table readings");
}
