import { loadingPrivileges, missingPrivileges } from "../../loader/catalog.js";
import { toDatabaseError } from "../../loader/errors/database-error.js";
import { toStoreError } from "../../loader/errors/driver-error.js";
import { tableText } from "../../loader/identifier.js";
import { readStatus } from "../../loader/migrations/status.js";
import { openStore } from "../../loader/open-store.js";
import { type Check, failed, ok } from "../check.js";
import { IF_LOCKED } from "../if-silent.js";
import type { Tools } from "../tools.js";
import { plural } from "../words.js";

/** What the driver threw, as what a drain would say. */
async function asked<Result>({ facts }: Tools, table: string, work: Promise<Result>): Promise<Result> {
  const { target, user } = facts.database.get();
  try {
    return await work;
  } catch (error) {
    throw toDatabaseError(toStoreError(error, { target, user, table }, false));
  }
}

export const migrationsCheck: Check = {
  id: "migrations",
  group: "database",
  title: "migrations",
  needs: ["config", "database"],
  ifSilent: IF_LOCKED,
  run: async (tools) => {
    const { database, settings } = tools.facts;
    const { bookkeepingSchema: schema } = settings.get();
    const { connection, target } = database.get();
    const reading = readStatus(connection.knex, schema);
    const { applied, pending } = await asked(tools, `${schema}.migrations`, reading);
    const figures = { schema, applied: applied.length, pending: pending.length };
    if (pending.length === 0) return ok(`all ${applied.length} have run (schema ${schema})`, { figures });
    return failed(
      `the database ${target} lacks ${plural(pending.length, "migration")}`,
      "run: sqs2pg migrate",
      {
        ...{ code: "migrations_pending", figures, details: pending },
      },
    );
  },
};

export const privilegesCheck: Check = {
  id: "privileges",
  group: "database",
  title: "privileges",
  needs: ["migrations"],
  ifSilent: IF_LOCKED,
  run: async (tools) => {
    const { pipelines, bookkeepingSchema: schema } = tools.facts.settings.get();
    const { connection } = tools.facts.database.get();
    const needed = loadingPrivileges(pipelines);
    const missing = await asked(
      tools,
      `${schema}.migrations`,
      missingPrivileges(connection.knex, schema, needed),
    );
    const tables = Object.keys(needed).length;
    const figures = { needed: Object.values(needed).flat().length, missing: missing.length };
    if (missing.length === 0) {
      return ok(`all ${figures.needed} that the bookkeeping needs, on ${plural(tables, "table")}`, {
        figures,
      });
    }
    return failed(`the user lacks ${missing.join(", ")}`, "grant it", {
      ...{ code: "privilege_missing", figures },
    });
  },
};

/** The drain's own proof before its first receive: its statements with nothing to load, rolled back. */
export const tableCheck: Check = {
  id: "table",
  group: "database",
  title: "table",
  needs: ["migrations", "writable"],
  ifSilent: IF_LOCKED,
  run: async ({ facts, env, clock, timeoutMs, onClose }) => {
    const { pipelines, bookkeepingSchema: schema } = facts.settings.get();
    const store = openStore({
      database: { ...facts.databaseSettings.get(), env },
      ...{ schema, targets: pipelines, poolSize: 2, clock },
      ...{ connectTimeoutMs: timeoutMs, statementTimeoutMs: timeoutMs },
    });
    onClose(() => store.close());
    await store.check();
    const texts = pipelines.map(
      ({ table, columns }) => `${tableText(table)} (${plural(columns.length, "column")})`,
    );
    return ok(`${texts.join(", ")}: an empty load went through, and was rolled back`, {
      figures: { tables: pipelines.map(({ table }) => tableText(table)).join(", ") },
    });
  },
};
