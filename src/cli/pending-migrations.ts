import { findMigrationsFolder } from "../config/migrations-folder.js";
import type { Settings } from "../config/resolve.js";
import { migrationStatus } from "../loader/migrations/migrate.js";
import { listUserMigrations } from "../loader/migrations/user-folder.js";
import type { CommonFlags, Context } from "./context.js";

/**
 * Looks, beside a run, whether migrations of the user's own are pending: the table is there or the run would not begin,
 * so it is no reason to refuse. The result says so in one line, if that is known by then.
 */
export function watchPendingMigrations(
  { database, bookkeepingSchema: schema }: Settings,
  flags: CommonFlags,
  { cwd, env }: Pick<Context, "cwd" | "env">,
): () => string | undefined {
  let notice: string | undefined;
  const look = async (): Promise<void> => {
    const { folder } = findMigrationsFolder({ config: flags.config, cwd });
    if (database === undefined || folder === undefined) return;
    if ((await listUserMigrations(folder)).length === 0) return;
    const { user } = await migrationStatus({
      database: { ...database, env },
      schema,
      userFolder: folder,
    });
    const pending = user?.pending ?? [];
    if (pending.length === 0) return;
    const what = pending.length === 1 ? `${pending[0]} is` : `${pending.length} of your migrations are`;
    notice = `${what} pending: run sqs2pg migrate`;
  };
  // What is wrong with the database or the directory, the run or migrate says better.
  look().catch(() => {});
  return () => notice;
}
