import { randomBytes } from "node:crypto";
import type { TestDatabase } from "../../support/database.js";

/** A role that may log in and nothing else; its name, and the database's URL with it. */
export async function newRole(
  database: TestDatabase,
): Promise<{ readonly name: string; readonly url: string }> {
  const name = `role_${randomBytes(6).toString("hex")}`;
  await database.query(`create role ${name} login password 'secret'`);
  const url = new URL(database.url);
  url.username = name;
  url.password = "secret";
  return { name, url: url.href };
}
