import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { UsageError } from "../errors.js";

/** A file of certificates or keys in PEM form. Throws UsageError, which names the parameter and the path. */
export function readPem(path: string, parameter: string): string {
  const text = readText(path, parameter);
  if (text.includes("-----BEGIN ")) return text;
  throw new UsageError(
    "ssl_file_malformed",
    `${parameter}: the file ${shown(path)} holds nothing in PEM form`,
  );
}

/** The first certificate of a text. Throws UsageError for one that cannot be read: Node would go on without it. */
export function firstCertificate(pem: string, path: string, parameter: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new UsageError(
      "ssl_file_malformed",
      `${parameter}: the file ${shown(path)} holds no certificate that can be read`,
      { cause },
    );
  }
}

/** The same as `readPem`; undefined where there is no such file. */
export function readPemIfThere(path: string, parameter: string): string | undefined {
  try {
    return readPem(path, parameter);
  } catch (error) {
    if (error instanceof UsageError && isMissing(error.cause)) return undefined;
    throw error;
  }
}

/** A path as messages may show it: somebody puts the key itself in the place of its path. */
export function shown(path: string): string {
  return /[\r\n]|-----|sqs2pg-/.test(path) ? "that it names" : path;
}

function readText(path: string, parameter: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new UsageError(
      "ssl_file_unreadable",
      `${parameter}: the file ${shown(path)} cannot be read: check its path and permissions`,
      { cause },
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
