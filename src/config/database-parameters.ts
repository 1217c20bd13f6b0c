import { UsageError } from "../errors.js";
import { nearest } from "../nearest.js";
import { parseDatabaseUrl, severalHosts } from "./database-url.js";
import type { Environment } from "./key-source.js";

/** A parameter of a connection, and who gave it: `sslmode in DATABASE_URL`, or `PGSSLMODE`. */
interface Given {
  readonly value: string;
  readonly from: string;
}

/** The parameters of a connection by libpq's names. None is empty. */
export interface DatabaseParameters {
  get(name: string): string | undefined;
  /** Who gave it, for messages. */
  from(name: string): string;
}

interface Rule {
  /** libpq's variable for it. */
  readonly variable?: string;
  /** The only values that can be used; any where absent. */
  readonly values?: readonly string[];
}

const PROTOCOLS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
const NONE: readonly string[] = [];

/** As libpq has them; `no-verify` is node-postgres's: encrypted, and whatever the certificate is. */
const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/**
 * libpq's parameters, and what of them can be used. A parameter that makes a connection safer and cannot be used is
 * refused; one that only tunes it has no effect.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
const RULES: Readonly<Record<string, Rule>> = {
  host: { variable: "PGHOST" },
  port: { variable: "PGPORT" },
  dbname: { variable: "PGDATABASE" },
  user: { variable: "PGUSER" },
  password: { variable: "PGPASSWORD" },
  passfile: { variable: "PGPASSFILE" },
  options: { variable: "PGOPTIONS" },
  application_name: { variable: "PGAPPNAME" },
  fallback_application_name: {},
  connect_timeout: { variable: "PGCONNECT_TIMEOUT" },
  sslmode: { variable: "PGSSLMODE", values: SSL_MODES },
  sslnegotiation: { variable: "PGSSLNEGOTIATION", values: ["postgres", "direct"] },
  sslrootcert: { variable: "PGSSLROOTCERT" },
  sslcert: { variable: "PGSSLCERT" },
  sslkey: { variable: "PGSSLKEY" },
  sslpassword: {},
  sslcrl: { variable: "PGSSLCRL" },
  sslcertmode: { variable: "PGSSLCERTMODE", values: ["disable", "allow"] },
  sslsni: { variable: "PGSSLSNI", values: ["1"] },
  ssl_min_protocol_version: { variable: "PGSSLMINPROTOCOLVERSION", values: PROTOCOLS },
  ssl_max_protocol_version: { variable: "PGSSLMAXPROTOCOLVERSION", values: PROTOCOLS },
  channel_binding: { variable: "PGCHANNELBINDING", values: ["disable", "prefer", "require"] },
  target_session_attrs: { variable: "PGTARGETSESSIONATTRS", values: ["any"] },
  load_balance_hosts: { variable: "PGLOADBALANCEHOSTS", values: ["disable", "random"] },
  gssencmode: { variable: "PGGSSENCMODE", values: ["disable", "prefer"] },
  min_protocol_version: { variable: "PGMINPROTOCOLVERSION", values: ["3.0"] },
  // JDBC's way to say sslmode=require, which libpq knows too.
  ssl: { values: ["true"] },
  hostaddr: { variable: "PGHOSTADDR", values: NONE },
  service: { values: NONE },
  servicefile: { values: NONE },
  requirepeer: { variable: "PGREQUIREPEER", values: NONE },
  require_auth: { variable: "PGREQUIREAUTH", values: NONE },
  sslcrldir: { variable: "PGSSLCRLDIR", values: NONE },
  sslkeylogfile: { values: NONE },
  replication: { values: ["false", "off", "no", "0"] },
  scram_client_key: { values: NONE },
  scram_server_key: { values: NONE },
  oauth_issuer: { values: NONE },
  oauth_client_id: { values: NONE },
  oauth_client_secret: { values: NONE },
  oauth_scope: { values: NONE },
  keepalives: {},
  keepalives_idle: {},
  keepalives_interval: {},
  keepalives_count: {},
  tcp_user_timeout: {},
  client_encoding: {},
  sslcompression: {},
  krbsrvname: {},
  gsslib: {},
  gssdelegation: {},
  max_protocol_version: {},
  // node-postgres's own. The last has nothing to choose: sslmode has libpq's meaning in any case.
  statement_timeout: {},
  lock_timeout: {},
  idle_in_transaction_session_timeout: {},
  uselibpqcompat: { values: ["true"] },
};

/**
 * What a URL and the environment say about a connection; the URL goes before. A misspelt parameter is refused, as by
 * libpq: `sslmod=require` must not mean no encryption. Throws UsageError, without any value.
 */
export function readDatabaseParameters(
  url: string | undefined,
  env: Environment,
  source = "the database URL",
): DatabaseParameters {
  const given = new Map<string, Given>();
  for (const [name, { variable }] of Object.entries(RULES)) {
    const value = variable === undefined ? undefined : env[variable];
    if (variable !== undefined && value) given.set(name, { value, from: variable });
  }
  for (const [name, value] of url === undefined ? [] : parseDatabaseUrl(url, source)) {
    if (!Object.hasOwn(RULES, name)) throw unknown(name, source);
    given.set(name, { value, from: `${name} in ${source}` });
  }
  const sslMode = impliedSslMode(given, env);
  if (sslMode !== undefined) given.set("sslmode", sslMode);
  for (const [name, { value, from }] of given) check(name, value, from);
  return {
    get: (name) => given.get(name)?.value,
    from: (name) => given.get(name)?.from ?? name,
  };
}

/** Older ways to say that encryption is required. */
function impliedSslMode(given: ReadonlyMap<string, Given>, env: Environment): Given | undefined {
  const ssl = given.get("ssl");
  if (ssl !== undefined && !given.get("sslmode")?.from.startsWith("sslmode ")) {
    return { value: "require", from: ssl.from };
  }
  if (env["PGREQUIRESSL"] === "1" && !given.has("sslmode")) return { value: "require", from: "PGREQUIRESSL" };
  return undefined;
}

/** The name is not repeated: it can be the rest of a password with an unencoded `?` or `&`. */
function unknown(name: string, source: string): UsageError {
  const meant = nearest(name, Object.keys(RULES));
  const hint =
    meant === undefined
      ? "check the part behind the ?, and percent-encode a ? or & of the password"
      : `did you mean ${meant}?`;
  return new UsageError(
    "database_parameter_unknown",
    `${source} has a parameter that libpq has not: ${hint}`,
  );
}

function check(name: string, value: string, from: string): void {
  if (name === "host" && value.includes(",")) throw severalHosts(from);
  if (name === "host" && value.includes("://")) {
    throw new UsageError(
      "database_parameter_invalid",
      `${from} must be a host's name: give a URL by DATABASE_URL`,
    );
  }
  if (name === "port" && !(/^\d{1,5}$/.test(value) && Number(value) > 0 && Number(value) < 65_536)) {
    throw new UsageError("database_port_invalid", `${from} must be a number from 1 to 65535`);
  }
  if (name.endsWith("_timeout") && !/^-?\d{1,9}$/.test(value)) {
    throw new UsageError("database_parameter_invalid", `${from} must be a whole number`);
  }
  const values = RULES[name]?.values;
  if (values === undefined || values.includes(value)) return;
  // Of all values libpq takes the versions alone in any case.
  if (values === PROTOCOLS && values.some((one) => one.toLowerCase() === value.toLowerCase())) return;
  if (name === "sslmode") {
    throw new UsageError("sslmode_invalid", `${from} must be one of ${SSL_MODES.slice(0, -1).join(", ")}`);
  }
  const instead = values.length === 0 ? "cannot be used here" : `can only be ${values.join(" or ")} here`;
  throw new UsageError("database_parameter_unsupported", `${from} ${instead}: leave it out`);
}
