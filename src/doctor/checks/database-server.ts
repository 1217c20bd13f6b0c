import { type Check, failed, ok, warning } from "../check.js";
import { numberOf, textOf } from "../database-probe.js";
import { IF_DATABASE_AWAY } from "../if-silent.js";

export const writableCheck: Check = {
  id: "writable",
  group: "database",
  title: "writable",
  needs: ["database"],
  ifSilent: IF_DATABASE_AWAY,
  run: async ({ facts }) => {
    const database = facts.database.get();
    const [row] = await database.ask(
      `select pg_is_in_recovery() as is_replica, current_setting('transaction_read_only') as read_only`,
    );
    const figures = { replica: row?.["is_replica"] === true, read_only: textOf(row, "read_only") === "on" };
    const code = "database_read_only";
    if (figures.replica)
      return failed(`${database.target} is a replica`, "connect to the primary", { code, figures });
    if (!figures.read_only) return ok("a primary that takes writes", { figures });
    const remedy = "set default_transaction_read_only to off for this role or database";
    return failed(`${database.target} is read-only`, remedy, { code, figures });
  },
};

export const durabilityCheck: Check = {
  id: "durability",
  group: "database",
  title: "durability",
  needs: ["database"],
  ifSilent: IF_DATABASE_AWAY,
  run: async ({ facts }) => {
    // The setting as the role has it: our own sessions turn it on.
    const [row] = await facts.database.get().ask(
      `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
              (select reset_val from pg_settings where name = 'synchronous_commit') as synchronous_commit`,
    );
    const synchronous = textOf(row, "synchronous_commit");
    const figures = {
      ...{
        fsync: textOf(row, "fsync") !== "off",
        full_page_writes: textOf(row, "full_page_writes") !== "off",
      },
      synchronous_commit: synchronous,
    };
    if (!figures.fsync || !figures.full_page_writes) {
      return warning(
        `${figures.fsync ? "full_page_writes" : "fsync"} is off: a crash of the server can lose rows whose messages are deleted`,
        "turn it on, unless the data may be lost",
        { code: "not_durable", figures },
      );
    }
    return ok(
      synchronous === "off"
        ? "synchronous_commit is off for this role; a drain turns it on for its own sessions"
        : `a commit is on disk before its messages are deleted (synchronous_commit ${synchronous})`,
      { figures },
    );
  },
};

/** A drain's own connections, and some for others. */
const WANTED = 6;

export const connectionsCheck: Check = {
  id: "connections",
  group: "database",
  title: "connections",
  needs: ["database"],
  ifSilent: IF_DATABASE_AWAY,
  run: async ({ facts }) => {
    const [row] = await facts.database.get().ask(
      `select current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer as most,
              (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
              (select rolconnlimit from pg_roles where rolname = current_user) as of_role,
              (select count(*) from pg_stat_activity where usename = current_user) as used_by_role,
              (select datconnlimit from pg_database where datname = current_database()) as of_database,
              (select count(*) from pg_stat_activity where datname = current_database()) as used_in_database`,
    );
    const limits = [
      { of: "the server", most: numberOf(row, "most"), used: numberOf(row, "used") },
      { of: "the role", most: numberOf(row, "of_role"), used: numberOf(row, "used_by_role") },
      { of: "the database", most: numberOf(row, "of_database"), used: numberOf(row, "used_in_database") },
      // -1 is no limit.
    ].filter(({ most }) => most >= 0);
    const [tightest] = limits.sort((one, other) => one.most - one.used - (other.most - other.used));
    const { of, most, used } = tightest ?? { of: "the server", most: 0, used: 0 };
    const free = Math.max(0, most - used);
    const figures = { limit: most, used, free };
    const found = `${used} of ${most} of ${of} in use, ${free} free`;
    if (free >= WANTED) return ok(found, { figures });
    return warning(`${found}: a drain takes up to ${WANTED - 2}`, "raise the limit, or close what is idle", {
      code: "few_connections",
      figures,
    });
  },
};
