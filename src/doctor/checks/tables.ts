import { loadingPrivileges, missingPrivileges } from "../../loader/catalog.js";
import { tableText } from "../../loader/identifier.js";
import { openStore } from "../../loader/open-store.js";
import { asked } from "../asked.js";
import { type Check, failed, ok } from "../check.js";
import { IF_LOCKED } from "../if-silent.js";
import { plural } from "../words.js";

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
    const { pipelines, bookkeepingSchema: schema, migrations: userFolder } = facts.settings.get();
    const store = openStore({
      database: { ...facts.databaseSettings.get(), env },
      ...{ schema, targets: pipelines, userFolder, poolSize: 2, clock },
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
