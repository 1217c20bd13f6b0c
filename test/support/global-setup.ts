import type { TestProject } from "vitest/node";
import { migrate } from "../../src/loader/migrations/migrate.js";
import { type PostgresFacts, startPostgres } from "./postgres.js";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: PostgresFacts;
  }
}

/** A database as `migrate` leaves an empty one: to copy it costs half of what migrating each does. */
export const MIGRATED = "migrated";

/**
 * One PostgreSQL for all test files; each makes databases of its own on it. Its time zone is far from UTC on purpose:
 * what is stored must not depend on it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: { timezone: "Pacific/Auckland" } });
  await migrate({ database: { url: await server.createDatabase(MIGRATED), env: {} } });
  const { host, port, user, password } = server;
  project.provide("postgres", { host, port, user, password });
  return () => server.stop();
}
