import { type DatabaseAuth, readDatabaseAuth } from "../config/database-auth.js";
import { type DatabaseParameters, readDatabaseParameters } from "../config/database-parameters.js";
import { UsageError } from "../errors.js";
import { iamPasswordOf, type Password, passwordOf } from "./connection-password.js";
import { planTls, type TlsPlan } from "./connection-tls.js";

/** How to reach the database: by a URL, by libpq's variables, or by both. */
export interface ConnectionSettings {
  /** `postgres://user:password@host:port/database?sslmode=...`; what it leaves out comes from `env`. */
  readonly url?: string | undefined;
  /** Read for libpq's PG* variables, USER and HOME. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What SQS2PG_DATABASE_AUTH says when absent, else `password`. */
  readonly auth?: DatabaseAuth | undefined;
}

/** What node-pg's client takes whatever is encrypted, as far as it is used here. */
export interface ClientSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly application_name: string;
  readonly options?: string;
  readonly statement_timeout?: number;
  readonly lock_timeout?: number;
  readonly idle_in_transaction_session_timeout?: number;
}

/** Everything that is known before the first connection is opened. */
export interface ConnectionPlan {
  readonly client: ClientSettings;
  readonly tls: TlsPlan;
  readonly password: Password;
  /** What `connect_timeout` says, if it says something. */
  readonly connectTimeoutMs: number | undefined;
}

const TIMEOUTS = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];

/** Throws `UsageError`, which never holds the URL: it may hold a password. */
export function planConnection({
  url,
  env,
  auth = readDatabaseAuth(undefined, env),
}: ConnectionSettings): ConnectionPlan {
  const parameters = readDatabaseParameters(url, env);
  const client = clientOf(parameters, env);
  if (auth === "iam") refuseForIam(client, parameters);
  const isSocket = client.host.startsWith("/");
  return {
    client,
    tls: planTls({ parameters, env, isSocket, defaultMode: auth === "iam" ? "require" : "prefer" }),
    password: auth === "iam" ? iamPasswordOf(client, env) : passwordOf(client, parameters, env),
    connectTimeoutMs: connectTimeout(parameters),
  };
}

function clientOf(parameters: DatabaseParameters, env: ConnectionSettings["env"]): ClientSettings {
  const user = parameters.get("user") ?? (env["USER"] || env["USERNAME"] || "");
  const options = parameters.get("options");
  const timeouts = TIMEOUTS.filter((name) => parameters.get(name) !== undefined);
  return {
    // Nothing is left out: the driver would look for it in the variables of the process.
    host: parameters.get("host") ?? "localhost",
    port: Number(parameters.get("port") ?? 5432),
    user,
    database: parameters.get("dbname") ?? user,
    application_name:
      parameters.get("application_name") ?? parameters.get("fallback_application_name") ?? "sqs2pg",
    ...(options === undefined ? {} : { options }),
    ...Object.fromEntries(timeouts.map((name) => [name, Number(parameters.get(name))])),
  };
}

/** libpq waits for ever for 0 and less; so does nobody who loads a queue. */
function connectTimeout(parameters: DatabaseParameters): number | undefined {
  const seconds = Number(parameters.get("connect_timeout") ?? 0);
  return seconds > 0 ? seconds * 1_000 : undefined;
}

/** A token lets whoever reads it in for 15 minutes, so it goes through TLS only, as RDS demands. */
function refuseForIam({ host }: ClientSettings, parameters: DatabaseParameters): void {
  const refuse = (problem: string): UsageError =>
    new UsageError("database_auth_invalid", `--database-auth iam ${problem}`);
  const mode = parameters.get("sslmode");
  if (mode !== undefined && ["disable", "allow", "prefer"].includes(mode)) {
    throw refuse(
      `sends its token through TLS only, and ${parameters.from("sslmode")} is ${mode}: use sslmode=verify-full with sslrootcert=FILE`,
    );
  }
  if (host.startsWith("/")) throw refuse("is for a host of Amazon RDS or Aurora, and not for a socket");
  if (parameters.get("user") === undefined) {
    throw refuse("needs the database's user: postgres://USER@HOST/DATABASE, or PGUSER");
  }
}
