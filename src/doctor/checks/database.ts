import { databaseNotices } from "../../config/database-notices.js";
import { readDatabase } from "../../config/database-source.js";
import { connect } from "../../loader/connection.js";
import { type Check, failed, ok, skipped, warning } from "../check.js";
import { reading } from "../clock-difference.js";
import { createDatabaseProbe, numberOf, textOf } from "../database-probe.js";
import { IF_DATABASE_AWAY } from "../if-silent.js";
import { milliseconds } from "../words.js";

/** What the SQL of the loader needs. */
const OLDEST = 13;

export const databaseCheck: Check = {
  id: "database",
  group: "database",
  title: "connection",
  ifSilent: IF_DATABASE_AWAY,
  run: async ({ facts, flags, env, clock, timeoutMs, onClose }) => {
    const settings = readDatabase(flags.database, env, flags.databaseAuth);
    const { source, auth = "password" } = settings;
    facts.databaseSettings.set(settings);
    const connection = connect(
      { ...settings, env },
      { poolSize: 4, connectTimeoutMs: Math.ceil(timeoutMs * 0.8) },
    );
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
    const figures = { target, source, auth, user, version, connect_ms: openedMs };
    const found = `PostgreSQL ${version} at ${target} as ${user}, by ${source}, connected in ${milliseconds(openedMs)}`;
    if (major < OLDEST) {
      return failed(found, `use PostgreSQL ${OLDEST} or later`, { code: "database_too_old", figures });
    }
    const details = databaseNotices(settings, env);
    if (details.length === 0) return ok(found, { figures });
    return warning(found, "look at what is listed", { code: "notices", figures, details });
  },
};

export const tlsCheck: Check = {
  id: "tls",
  group: "database",
  title: "TLS",
  needs: ["database"],
  ifSilent: IF_DATABASE_AWAY,
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
