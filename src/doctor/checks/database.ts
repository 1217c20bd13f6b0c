import { hasPassword, readDatabase } from "../../config/database-source.js";
import { connect } from "../../loader/connection.js";
import { type Check, failed, ok, skipped, warning } from "../check.js";
import { reading } from "../clock-difference.js";
import { createDatabaseProbe, numberOf, textOf } from "../database-probe.js";
import { milliseconds } from "../words.js";

/** What the SQL of the loader needs. */
const OLDEST = 13;

const IF_SILENT = "check the database's host and port, a firewall, and whether it is up";

export const databaseCheck: Check = {
  id: "database",
  group: "database",
  title: "connection",
  ifSilent: IF_SILENT,
  run: async ({ facts, flags, env, clock, timeoutMs, onClose }) => {
    const settings = readDatabase(flags.database, env);
    const { source, url } = settings;
    facts.databaseSettings.set(settings);
    const connection = connect({ url, env }, { poolSize: 4, connectTimeoutMs: Math.ceil(timeoutMs * 0.8) });
    onClose(() => connection.close());
    const database = createDatabaseProbe(connection, timeoutMs);
    const startedAtMs = clock.now();
    const [server] = await database.ask(
      `select current_setting('server_version') as version, current_setting('server_version_num') as number,
              current_user as "user"`,
    );
    const openedMs = Math.max(0, clock.now() - startedAtMs);
    facts.database.set(database);
    const sentAtMs = clock.now();
    const [time] = await database.ask("select extract(epoch from clock_timestamp()) * 1000 as now");
    facts.databaseClock.set(reading(numberOf(time, "now"), 0, { sentAtMs, answeredAtMs: clock.now() }));
    const major = Math.floor(numberOf(server, "number") / 10_000);
    const version = textOf(server, "version");
    const { target } = database;
    const user = textOf(server, "user");
    const figures = { target, source, user, version, connect_ms: openedMs };
    const found = `PostgreSQL ${version} at ${target} as ${user}, by ${source}, connected in ${milliseconds(openedMs)}`;
    if (major < OLDEST) {
      return failed(found, `use PostgreSQL ${OLDEST} or later`, { code: "database_too_old", figures });
    }
    if (settings.source !== "--database" || !hasPassword(settings.url)) return ok(found, { figures });
    return warning(
      `${found}, whose password every user of this machine can see`,
      "give it by DATABASE_URL or PGPASSWORD",
      { code: "password_on_command_line", figures },
    );
  },
};

export const tlsCheck: Check = {
  id: "tls",
  group: "database",
  title: "TLS",
  needs: ["database"],
  ifSilent: IF_SILENT,
  run: async ({ facts }) => {
    const [row] = await facts.database.get().ask(
      `select s.ssl, s.version, s.cipher,
              coalesce(inet_client_addr() <<= '127.0.0.0/8' or inet_client_addr() = '::1', true) as is_local
       from pg_stat_ssl s where s.pid = pg_backend_pid()`,
    );
    // Some poolers and services have no such view's row.
    if (row === undefined) return skipped("the server does not tell");
    const [version, cipher] = [textOf(row, "version"), textOf(row, "cipher")];
    const isLocal = row["is_local"] === true;
    const figures = {
      tls: row["ssl"] === true,
      version: version || null,
      cipher: cipher || null,
      local: isLocal,
    };
    if (figures.tls) return ok(`${version}, ${cipher}`, { figures });
    if (isLocal) return ok("none, and the connection is of this machine", { figures });
    return warning(
      "none: rows and the password's exchange cross the network in the clear",
      "set sslmode=verify-full and sslrootcert in the URL (or PGSSLMODE, PGSSLROOTCERT)",
      { code: "not_encrypted", figures },
    );
  },
};

export const writableCheck: Check = {
  id: "writable",
  group: "database",
  title: "writable",
  needs: ["database"],
  ifSilent: IF_SILENT,
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
  ifSilent: IF_SILENT,
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
  ifSilent: IF_SILENT,
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
