import type { Knex } from "knex";
import PostgresDialect from "knex/lib/dialects/postgres/index.js";
import type pg from "pg";

/** Knex's PostgreSQL with connections that are opened by us: it knows of one way to connect only. */
export function dialectWith(open: () => Promise<pg.Client>): typeof Knex.Client {
  return class extends PostgresDialect {
    protected override async _acquireOnlyConnection(): Promise<pg.Client> {
      const connection: pg.Client & { __knex__disposed?: unknown } = await open();
      // As Knex itself marks connections that have ended, so that its pool gives none of them out.
      connection.on("error", (error) => {
        connection.__knex__disposed = error;
      });
      connection.on("end", () => {
        connection.__knex__disposed = "Connection ended unexpectedly";
      });
      return connection;
    }
  };
}
