/**
 * What `sqs2pg replay` needs: when a quarantined reject was loaded after all, and which runs were replays.
 *
 * @param {import("knex").Knex} knex
 * @param {{ schema: string }} settings
 */
export async function up(knex, { schema }) {
  await knex.raw("alter table ??.rejects add column replayed_at timestamptz", [schema]);
  await knex.raw("alter table ??.runs add column command text not null default 'drain'", [schema]);
  // The sealed ones of a queue, in the order in which they are replayed.
  await knex.raw(
    "create index rejects_sealed on ??.rejects (queue, message_id) where sealed_body is not null",
    [schema],
  );
}

/**
 * Forgets when rejects were replayed. What was replayed stays so: it is not sealed any more.
 *
 * @param {import("knex").Knex} knex
 * @param {{ schema: string }} settings
 */
export async function down(knex, { schema }) {
  await knex.raw("drop index ??.rejects_sealed", [schema]);
  await knex.raw("alter table ??.rejects drop column replayed_at", [schema]);
  await knex.raw("alter table ??.runs drop column command", [schema]);
}
