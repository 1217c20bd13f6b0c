import { join } from "node:path";
import { UsageError } from "../../errors.js";
import { sqlStateOf } from "../../loader/errors/driver-error.js";
import { userHistory } from "../../loader/migrations/history.js";
import { type MigrationStatus, readStatus } from "../../loader/migrations/status.js";
import { asked } from "../asked.js";
import { type Check, type Finding, failed, ok, warning } from "../check.js";
import { findingOf } from "../explain.js";
import { IF_LOCKED } from "../if-silent.js";
import type { Tools } from "../tools.js";
import { plural } from "../words.js";

const RUN_MIGRATE = "run: sqs2pg migrate";

/** Those of the user's own, which a drain does not insist on; undefined where there are none, or they may not be read. */
async function ownMigrations({ facts }: Tools): Promise<MigrationStatus | Finding | undefined> {
  const { bookkeepingSchema: schema, migrations: folder } = facts.settings.get();
  if (folder === undefined) return undefined;
  try {
    const history = userHistory(folder);
    if ((await history.list()).length === 0) return undefined;
    return await readStatus(facts.database.get().connection.knex, schema, history);
  } catch (error) {
    if (sqlStateOf(error) === "42501") return undefined;
    if (!(error instanceof UsageError)) throw error;
    return { ...findingOf(error), status: "warning" };
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
    const { bookkeepingSchema: schema, migrations: folder } = settings.get();
    const { connection, target } = database.get();
    const reading = readStatus(connection.knex, schema);
    const { applied, pending } = await asked(tools, `${schema}.migrations`, reading);
    const own = await asked(tools, `${schema}.user_migrations`, ownMigrations(tools));
    if (own !== undefined && "status" in own && pending.length === 0) return own;
    const user = own === undefined || "status" in own ? undefined : own;
    const files = (names: readonly string[]): string[] =>
      names.map((name) => join(folder?.shown ?? "", name));
    const figures = {
      ...{ schema, applied: applied.length, pending: pending.length },
      ...(user === undefined ? {} : { user_applied: user.applied.length, user_pending: user.pending.length }),
    };
    const userPending = files(user?.pending ?? []);
    if (pending.length > 0) {
      return failed(`the database ${target} lacks ${plural(pending.length, "migration")}`, RUN_MIGRATE, {
        ...{ code: "migrations_pending", figures, details: [...pending, ...userPending] },
      });
    }
    if (user !== undefined && user.changed.length > 0) {
      return warning(
        `something else has run in ${target} under the name of ${files(user.changed).join(", ")}`,
        "run: sqs2pg migrate, which says how to put it right",
        { ...{ code: "migration_changed", figures, details: userPending } },
      );
    }
    if (userPending.length > 0) {
      return warning(
        `${plural(userPending.length, "migration")} of your own ${userPending.length === 1 ? "has" : "have"} not run in ${target}`,
        RUN_MIGRATE,
        { ...{ code: "user_migrations_pending", figures, details: userPending } },
      );
    }
    const andOwn = user === undefined ? "" : `, and those in ${folder?.shown}`;
    return ok(`all ${applied.length} have run (schema ${schema})${andOwn}`, { figures });
  },
};
