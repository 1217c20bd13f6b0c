import type { TestProject } from "vitest/node";
import { type PostgresFacts, startPostgres } from "./postgres.js";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: PostgresFacts;
  }
}

/**
 * One PostgreSQL for all test files; each makes databases of its own on it. Its time zone is far from UTC on purpose:
 * what is stored must not depend on it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: { timezone: "Pacific/Auckland" } });
  const { host, port, user, password } = server;
  project.provide("postgres", { host, port, user, password });
  return () => server.stop();
}
