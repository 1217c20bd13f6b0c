/** Knex describes what it exports at its root only. */
declare module "knex/lib/dialects/postgres/index.js" {
  import type { Knex } from "knex";
  import type pg from "pg";

  export default class PostgresDialect extends Knex.Client {
    protected _acquireOnlyConnection(): Promise<pg.Client>;
  }
}
