/**
 * For tables whose rows are updated: which message was the newest for a key.
 *
 * @param {import("knex").Knex} knex
 * @param {{ schema: string }} settings
 */
export async function up(knex, { schema }) {
  await knex.raw(
    `create table ??.newest (
  target text not null,
  key bytea not null,
  sent_at timestamptz not null,
  group_hash bigint not null,
  sequence numeric not null,
  message_id uuid not null,
  primary key (target, key)
)`,
    [schema],
  );
}

/**
 * Refuses while it knows a key: without it a message that comes late would go over what newer ones have left.
 *
 * @param {import("knex").Knex} knex
 * @param {{ schema: string }} settings
 */
export async function down(knex, { schema }) {
  await knex.raw("lock table ??.newest in access exclusive mode", [schema]);
  const { rows } = await knex.raw("select exists (select from ??.newest) as in_use", [schema]);
  if (rows[0].in_use) throw Object.assign(new Error("keys are known"), { code: "newest_in_use" });
  await knex.raw("drop table ??.newest", [schema]);
}
