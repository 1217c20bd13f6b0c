import type { ConnectionOptions as TlsOptions } from "node:tls";
import { type ConnectionOptions as ParsedUrl, parse, toClientConfig } from "pg-connection-string";
import { UsageError } from "../errors.js";

/** How to reach the database: by a URL, by libpq's variables, or by both. */
export interface ConnectionSettings {
  /** `postgres://user:password@host:port/database?sslmode=...`; what it leaves out comes from `env`. */
  readonly url?: string | undefined;
  /** Read for PGHOST, PGPORT, PGUSER (then USER), PGPASSWORD, PGDATABASE, PGOPTIONS and PGSSL*. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What node-pg's client takes, as far as it is looked at here; a URL may add more. Spelt out, so that the package's own
 * types need none of the driver's.
 */
interface ClientSettings {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
  readonly options?: string | undefined;
  readonly ssl?: boolean | TlsOptions | undefined;
  readonly fallback_application_name?: string | undefined;
}

const SSL_MODES: ReadonlySet<string> = new Set(
  "disable allow prefer require verify-ca verify-full no-verify".split(" "),
);

/**
 * Settings to a client's configuration. `sslmode` means what it means to libpq
 * (https://www.postgresql.org/docs/current/libpq-ssl.html): `require` encrypts without looking at the certificate,
 * unless there is a root certificate. Throws `UsageError`, which never holds the URL: it may hold a password.
 */
export function parseConnectionSettings(settings: ConnectionSettings): ClientSettings {
  const { url, env } = settings;
  const fromUrl = url === undefined ? {} : parseUrl(url);
  const ssl = url !== undefined && /[?&]ssl/.test(url) ? undefined : sslFromEnvironment(env);
  return {
    host: env["PGHOST"] || undefined,
    port: portFrom(env["PGPORT"]),
    user: env["PGUSER"] || env["USER"] || undefined,
    password: env["PGPASSWORD"] || undefined,
    database: env["PGDATABASE"] || undefined,
    options: env["PGOPTIONS"] || undefined,
    ...(ssl === undefined ? {} : { ssl }),
    ...withoutEmpty(fromUrl),
    // Yields to application_name in the URL and to PGAPPNAME, as with libpq.
    fallback_application_name: "sqs2pg",
  };
}

/** `host:port/database`, for messages: no user, no password, no parameters. */
export function describeTarget(client: ClientSettings): string {
  const host = client.host ?? "localhost";
  return `${host.includes(":") ? `[${host}]` : host}:${client.port ?? 5432}/${client.database ?? client.user ?? ""}`;
}

function parseUrl(url: string): ClientSettings {
  if (!/^(postgres(ql)?|socket):\/\//i.test(url)) throw invalidUrl();
  const { protocol: _, ...client } = toClientConfig(parseWithSsl(url)) as ClientSettings & {
    protocol?: unknown;
  };
  return client;
}

function parseWithSsl(url: string): ParsedUrl {
  const mode = /[?&]sslmode=([^&]*)/.exec(url)?.[1];
  if (mode !== undefined && !SSL_MODES.has(mode)) {
    throw new UsageError("sslmode_invalid", `sslmode is none of ${[...SSL_MODES].join(", ")}`);
  }
  // `allow` begins without encryption, and node-pg has no second try; `no-verify` is node-pg's own.
  const text = mode === "allow" ? url.replace("sslmode=allow", "sslmode=disable") : url;
  const ownSemantics = mode === "no-verify" || /[?&]uselibpqcompat=/.test(url);
  try {
    return parse(text, { useLibpqCompat: !ownSemantics });
  } catch (error) {
    throw invalidUrl(error);
  }
}

function invalidUrl(cause?: unknown): UsageError {
  if (cause instanceof Error && "syscall" in cause) {
    return new UsageError(
      "ssl_file_unreadable",
      "a file named by sslrootcert, sslcert or sslkey cannot be read: check its path and permissions",
      { cause },
    );
  }
  if (cause instanceof Error && cause.message.includes("sslrootcert")) {
    return new UsageError(
      "sslrootcert_missing",
      "sslmode=verify-ca needs sslrootcert; or use sslmode=verify-full",
      {
        cause,
      },
    );
  }
  return new UsageError(
    "database_url_invalid",
    "the database URL cannot be read: postgres://USER:PASSWORD@HOST:5432/DATABASE, with special characters percent-encoded",
    { cause },
  );
}

function sslFromEnvironment(env: ConnectionSettings["env"]): ClientSettings["ssl"] {
  const parameters = new URLSearchParams();
  for (const name of ["sslmode", "sslrootcert", "sslcert", "sslkey"]) {
    const value = env[`PG${name.toUpperCase()}`];
    if (value !== undefined && value !== "") parameters.set(name, value);
  }
  // Said out loud, so that node-pg does not give PGSSLMODE its own meaning.
  if (!parameters.has("sslmode")) return false;
  return toClientConfig(parseWithSsl(`postgres://localhost?${parameters}`)).ssl;
}

function portFrom(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UsageError("database_port_invalid", "PGPORT must be a number from 1 to 65535");
}

/** An empty host or password in the URL means "not given". */
function withoutEmpty(client: ClientSettings): ClientSettings {
  return Object.fromEntries(
    Object.entries(client).filter(([, value]) => value !== "" && value !== undefined),
  );
}
