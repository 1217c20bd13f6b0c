import tls, { type ConnectionOptions as TlsOptions } from "node:tls";
import { libpqFile } from "../config/database-home.js";
import type { DatabaseParameters } from "../config/database-parameters.js";
import type { Environment } from "../config/key-source.js";
import { UsageError } from "../errors.js";
import { type ClientCertificate, readClientCertificate } from "./connection-client-certificate.js";
import { firstCertificate, readPem, readPemIfThere } from "./connection-files.js";

/** How to connect once: encrypted or not. */
export type Encryption = false | TlsOptions;

/** What is tried, in this order, until the server lets us in. */
export interface TlsPlan {
  readonly attempts: readonly [Encryption, ...Encryption[]];
  /** The client's part of SCRAM is bound to the server's certificate: wherever that can be, always, or never. */
  readonly channelBinding: "disable" | "prefer" | "require";
  /** TLS from the first byte, without asking for it. */
  readonly isDirect: boolean;
}

interface TlsSettings {
  readonly parameters: DatabaseParameters;
  readonly env: Environment;
  /** Over a socket of this machine nothing is encrypted, whatever the mode is. */
  readonly isSocket: boolean;
  /** The mode where none is given. */
  readonly defaultMode: "prefer" | "require";
}

/** Modes that go on without encryption, or may. */
const WEAK: readonly string[] = ["disable", "allow", "prefer"];

/**
 * `sslmode` and its companions as libpq means them. Throws UsageError for what contradicts itself and for files that
 * cannot be used. https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export function planTls({ parameters, env, isSocket, defaultMode }: TlsSettings): TlsPlan {
  const isSystem = parameters.get("sslrootcert") === "system";
  const mode = parameters.get("sslmode") ?? (isSystem ? "verify-full" : defaultMode);
  const channelBinding = parameters.get("channel_binding") ?? "prefer";
  const isDirect = parameters.get("sslnegotiation") === "direct";
  const needsTls = (what: string): UsageError =>
    new UsageError("sslmode_too_weak", `${what} needs sslmode=require or a stronger one, not ${mode}`);
  if (isSystem && mode !== "verify-full") {
    throw new UsageError(
      "sslmode_too_weak",
      `sslrootcert=system needs sslmode=verify-full, not ${mode}: anybody can get a certificate from a public authority`,
    );
  }
  if (isDirect && WEAK.includes(mode)) throw needsTls("sslnegotiation=direct");
  if (channelBinding === "require" && (mode === "disable" || isSocket))
    throw needsTls("channel_binding=require");

  const rest = {
    channelBinding: channelBinding as TlsPlan["channelBinding"],
    isDirect: isDirect && !isSocket,
  };
  if (isSocket || mode === "disable") return { attempts: [false], ...rest };
  const encrypted = tlsOptions(mode, parameters, env);
  // Without encryption there is nothing to bind to.
  if (channelBinding === "require") return { attempts: [encrypted], ...rest };
  if (mode === "allow") return { attempts: [false, encrypted], ...rest };
  return { attempts: mode === "prefer" ? [encrypted, false] : [encrypted], ...rest };
}

function tlsOptions(mode: string, parameters: DatabaseParameters, env: Environment): TlsOptions {
  const options = {
    ...verification(mode, parameters, env),
    ...versions(parameters),
    ...clientCertificate(parameters, env),
  };
  try {
    // As each connection will do it: now is the time to say that it cannot.
    tls.createSecureContext(options);
    return options;
  } catch (cause) {
    throw new UsageError(
      "ssl_file_malformed",
      "a file of sslrootcert, sslcrl or sslcert holds no certificates (or revocations) in PEM form that can be read",
      { cause },
    );
  }
}

/** A root certificate is looked at in every mode, and the name of the host in `verify-full` alone. */
function verification(mode: string, parameters: DatabaseParameters, env: Environment): TlsOptions {
  if (mode === "no-verify") return { rejectUnauthorized: false };
  const given = parameters.get("sslrootcert");
  if (given === "system")
    return { rejectUnauthorized: true, ...systemRoots(env), ...revoked(parameters, env) };
  const path = libpqFile("root.crt", env);
  const ca = givenOrThere("sslrootcert", given, path);
  if (ca === undefined) {
    if (!mode.startsWith("verify-")) return { rejectUnauthorized: false };
    throw new UsageError(
      "sslrootcert_missing",
      `sslmode=${mode} needs the certificate of an authority, and there is no file ${path ?? "~/.postgresql/root.crt"}: give sslrootcert=FILE, or sslrootcert=system for one that everybody trusts`,
    );
  }
  firstCertificate(ca, given ?? path ?? "", "sslrootcert");
  const checkNothing = (): undefined => undefined;
  return {
    rejectUnauthorized: true,
    ca,
    ...(mode === "verify-full" ? {} : { checkServerIdentity: checkNothing }),
    ...revoked(parameters, env),
  };
}

/** As OpenSSL finds them: SSL_CERT_FILE, else the system's store where Node can read it, else the roots that Node brings. */
function systemRoots(env: Environment): TlsOptions {
  const file = env["SSL_CERT_FILE"];
  if (file) return { ca: readPem(file, "SSL_CERT_FILE") };
  const read: unknown = Reflect.get(tls, "getCACertificates");
  const roots: unknown = typeof read === "function" ? read("system") : undefined;
  return Array.isArray(roots) && roots.length > 0 ? { ca: roots } : {};
}

function revoked(parameters: DatabaseParameters, env: Environment): TlsOptions {
  const crl = givenOrThere("sslcrl", parameters.get("sslcrl"), libpqFile("root.crl", env));
  return crl === undefined ? {} : { crl };
}

/** libpq passes over a file that is named and is not there; a misspelt path must not mean that nothing is checked. */
function givenOrThere(
  parameter: string,
  given: string | undefined,
  standard: string | undefined,
): string | undefined {
  if (given !== undefined) return readPem(given, parameter);
  return standard === undefined ? undefined : readPemIfThere(standard, parameter);
}

function versions(parameters: DatabaseParameters): TlsOptions {
  const version = (name: string): TlsOptions["minVersion"] | undefined =>
    PROTOCOLS.find((one) => one.toLowerCase() === parameters.get(name)?.toLowerCase());
  const maxVersion = version("ssl_max_protocol_version");
  const minVersion = version("ssl_min_protocol_version") ?? "TLSv1.2";
  if (maxVersion !== undefined && PROTOCOLS.indexOf(maxVersion) < PROTOCOLS.indexOf(minVersion)) {
    throw new UsageError(
      "database_parameter_invalid",
      "ssl_max_protocol_version is lower than ssl_min_protocol_version",
    );
  }
  return { minVersion, ...(maxVersion === undefined ? {} : { maxVersion }) };
}

const PROTOCOLS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

function clientCertificate(parameters: DatabaseParameters, env: Environment): Partial<ClientCertificate> {
  if (parameters.get("sslcertmode") === "disable") return {};
  return readClientCertificate(parameters, env) ?? {};
}
