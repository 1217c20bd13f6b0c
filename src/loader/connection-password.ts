import { connectArn, iamToken, regionOf } from "../config/database-iam.js";
import type { DatabaseParameters } from "../config/database-parameters.js";
import { type Login, passwordIn, readPasswordFile } from "../config/database-passfile.js";
import type { Environment } from "../config/key-source.js";
import { Sqs2pgError } from "../errors.js";
import { describeTarget } from "./connection-target.js";
import { StoreError } from "./store.js";

/** What proves who we are to a server that asks for it. */
export interface Password {
  /** For one new connection. Throws StoreError. */
  get(): Promise<string>;
  /** Asked for before the connection is opened: without it there is no use in one. */
  readonly isNeeded: boolean;
  /** The error for a server that took what we gave and does not let us in; undefined where there is nothing to add. */
  refused(cause: unknown): StoreError | undefined;
}

/** The password of the URL or of PGPASSWORD, else of the password file, which is read when a server asks. */
export function passwordOf(login: Login, parameters: DatabaseParameters, env: Environment): Password {
  const given = parameters.get("password");
  if (given !== undefined) return { get: async () => given, isNeeded: false, refused: () => undefined };
  let file: string | undefined;
  const where = `PostgreSQL at ${describeTarget(login)}`;
  return {
    isNeeded: false,
    get: async () => {
      const passwords = readPasswordFile(parameters, env);
      const password = passwords === undefined ? undefined : passwordIn(passwords.text, login);
      if (password) {
        file = passwords?.path;
        return password;
      }
      const ignored =
        passwords?.problem === undefined ? "" : `; the password file ${passwords.path} ${passwords.problem}`;
      throw new StoreError(
        "fatal",
        `${where} asks for a password of user ${login.user}: put it into DATABASE_URL or PGPASSWORD, or into ~/.pgpass${ignored}`,
        { code: "password_missing" },
      );
    },
    refused: (cause) =>
      file === undefined
        ? undefined
        : new StoreError(
            "fatal",
            `${where} refused the password of user ${login.user} that ${file} gives: check the first line there that fits`,
            { code: "wrong_password", sqlState: "28P01" },
            { cause },
          ),
  };
}

/** A token of AWS's, a new one for each connection: it lives for 15 minutes. */
export function iamPasswordOf(login: Login, env: Environment): Password {
  const { host, port, user } = login;
  const region = regionOf(host, env);
  return {
    isNeeded: true,
    get: async () => {
      try {
        return await iamToken({ host, port, user, region });
      } catch (error) {
        if (!(error instanceof Sqs2pgError)) throw error;
        const classOf = error.kind === "unavailable" ? "transient" : "fatal";
        throw new StoreError(classOf, error.message, { code: error.code }, { cause: error });
      }
    },
    refused: (cause) =>
      new StoreError(
        "fatal",
        `PostgreSQL at ${describeTarget(login)} refused the IAM token of user ${user}: turn on IAM authentication there, run: grant rds_iam to ${user}, and allow rds-db:connect on ${connectArn(user, region)} to the AWS identity of this process`,
        { code: "iam_login_refused", sqlState: "28000" },
        { cause },
      ),
  };
}
