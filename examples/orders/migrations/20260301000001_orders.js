/** @param {import("knex").Knex} knex */
export async function up(knex) {
  await knex.raw(`create schema if not exists shop;
create table shop.orders (
  order_id bigint primary key,
  status varchar(20) not null,
  placed_at timestamptz not null,
  customer_id integer not null,
  customer_email varchar(64),
  total numeric(12,2) not null,
  currency char(3) not null,
  channel text not null,
  loaded_at timestamptz not null default now()
);
create table shop.order_items (
  order_id bigint not null references shop.orders,
  line smallint not null,
  sku varchar(40) not null,
  quantity integer not null,
  price numeric(12,2) not null,
  amount numeric(14,2) generated always as (quantity * price) stored,
  primary key (order_id, line)
)`);
}

/** @param {import("knex").Knex} knex */
export async function down(knex) {
  await knex.raw("drop table shop.order_items, shop.orders");
}
