import type { TestDatabase } from "./database.js";
import { urlOf } from "./postgres.js";

/** A role that is no superuser and has what the README grants: for limits and privileges that bind only such roles. */
export interface Clerk {
  readonly role: string;
  /** The database's URL with it. */
  readonly url: string;
}

/** Does something with a role of its own, which goes afterwards, with what it was granted. */
export async function withClerk<T>(database: TestDatabase, action: (clerk: Clerk) => Promise<T>): Promise<T> {
  const role = `clerk_${database.name}`;
  await database.query(`create role ${role} login password 'clerk'`);
  try {
    await database.query(`grant insert on user_logins to ${role}`);
    await database.query(`grant usage on schema sqs2pg to ${role}`);
    await database.query(`grant select on sqs2pg.migrations to ${role}`);
    await database.query(`grant select, insert, delete on sqs2pg.ledger to ${role}`);
    await database.query(
      `grant select, insert, update on sqs2pg.rejects, sqs2pg.runs, sqs2pg.mask_keys to ${role}`,
    );
    return await action({
      role,
      url: urlOf({ ...database.server, user: role, password: "clerk" }, database.name),
    });
  } finally {
    await database.query(`drop owned by ${role}`);
    await database.query(`drop role ${role}`);
  }
}
