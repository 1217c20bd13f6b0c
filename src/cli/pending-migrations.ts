import type { Settings } from "../config/resolve.js";
import { migrationStatus } from "../loader/migrations/migrate.js";
import { listUserMigrations } from "../loader/migrations/user-folder.js";
import type { Context } from "./context.js";

/** A look that goes on beside a run. */
export interface PendingWatch {
  /** Resolves when it is over, however it ended. */
  readonly done: Promise<void>;
  /** What it has found until now, in one line. */
  notice(): string | undefined;
}

/**
 * Looks, beside a run, whether migrations of the user's own are pending: the table is there or the run would not begin,
 * so it is no reason to refuse.
 */
export function watchPendingMigrations(
  { database, bookkeepingSchema: schema, migrations: folder }: Settings,
  { env }: Pick<Context, "env">,
): PendingWatch {
  let notice: string | undefined;
  const look = async (): Promise<void> => {
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
  return { done: look().catch(() => {}), notice: () => notice };
}
