import { createPrivateKey, type KeyObject } from "node:crypto";
import { statSync } from "node:fs";
import { libpqFile } from "../config/database-home.js";
import type { DatabaseParameters } from "../config/database-parameters.js";
import type { Environment } from "../config/key-source.js";
import { UsageError } from "../errors.js";
import { firstCertificate, readPem, readPemIfThere, shown } from "./connection-files.js";

/** What proves who we are, as Node's TLS takes it. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * The client's certificate with its key: `sslcert` and `sslkey`, else `~/.postgresql/postgresql.crt` and `.key`. Undefined
 * where there is none. Throws UsageError for a key that others can read, as libpq does, and for one that does not fit.
 */
export function readClientCertificate(
  parameters: DatabaseParameters,
  env: Environment,
): ClientCertificate | undefined {
  const given = parameters.get("sslcert");
  const path = given ?? libpqFile("postgresql.crt", env);
  if (path === undefined) return undefined;
  const cert = given === undefined ? readPemIfThere(path, "sslcert") : readPem(path, "sslcert");
  if (cert === undefined) return undefined;
  const keyPath = parameters.get("sslkey") ?? libpqFile("postgresql.key", env);
  if (keyPath === undefined) {
    throw new UsageError(
      "ssl_key_missing",
      "sslcert is given without sslkey: give the file of its private key",
    );
  }
  const pem = readPem(keyPath, "sslkey");
  refuseOpenKey(keyPath);
  const key = decrypted(pem, keyPath, parameters.get("sslpassword"));
  if (!firstCertificate(cert, path, "sslcert").checkPrivateKey(key)) {
    throw new UsageError(
      "ssl_key_mismatch",
      `sslkey: the key ${shown(keyPath)} is not that of ${shown(path)}`,
    );
  }
  return { cert, key: key.export({ format: "pem", type: "pkcs8" }).toString() };
}

/** The rule of libpq: 0600 or less; 0640 or less for a key of root's, which a group may be let read. */
function refuseOpenKey(path: string): void {
  if (process.platform === "win32") return;
  const { mode, uid } = statSync(path);
  if ((mode & (uid === 0 ? 0o037 : 0o077)) === 0) return;
  throw new UsageError(
    "ssl_key_exposed",
    `sslkey: the key ${shown(path)} is open to other users of this machine: run chmod 600 on it`,
  );
}

function decrypted(pem: string, path: string, password: string | undefined): KeyObject {
  try {
    return createPrivateKey(password === undefined ? pem : { key: pem, passphrase: password });
  } catch (cause) {
    const isEncrypted = /ENCRYPTED/.test(pem);
    const problem =
      isEncrypted && password === undefined
        ? "is encrypted: give its password by sslpassword in DATABASE_URL"
        : isEncrypted
          ? "cannot be decrypted: sslpassword does not fit"
          : "cannot be read as a private key in PEM form";
    throw new UsageError("ssl_key_malformed", `sslkey: the key ${shown(path)} ${problem}`, { cause });
  }
}
