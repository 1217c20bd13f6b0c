import { UsageError } from "../errors.js";
import type { Environment } from "./key-source.js";

/** How to log in: with a password (or a certificate, or whatever the server asks for), or with a token of AWS IAM's. */
export type DatabaseAuth = "password" | "iam";

const WAYS: readonly DatabaseAuth[] = ["password", "iam"];

/** `--database-auth`, else SQS2PG_DATABASE_AUTH, else `password`. Throws UsageError. */
export function readDatabaseAuth(flag: string | undefined, env: Environment): DatabaseAuth {
  const [text, source] =
    flag === undefined
      ? [env["SQS2PG_DATABASE_AUTH"] || "password", "SQS2PG_DATABASE_AUTH"]
      : [flag, "--database-auth"];
  const way = WAYS.find((one) => one === text);
  if (way !== undefined) return way;
  throw new UsageError("database_auth_invalid", `${source} must be ${WAYS.join(" or ")}`);
}
