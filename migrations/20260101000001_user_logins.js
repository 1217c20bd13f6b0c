/**
 * The table of the built-in pipeline. Where one is found by the search_path already, it is adopted as it is.
 *
 * @param {import("knex").Knex} knex
 */
export async function up(knex) {
  await knex.raw(`do $migration$
begin
  if to_regclass('user_logins') is null then
    create table user_logins (
      user_id varchar(128),
      device_type varchar(32),
      masked_ip varchar(256),
      masked_device_id varchar(256),
      locale varchar(32),
      app_version integer,
      create_date date
    );
  end if;
end $migration$`);
}

/** The table stays, with or without rows: it may have been adopted, and it belongs to those who query it. */
export async function down() {}
