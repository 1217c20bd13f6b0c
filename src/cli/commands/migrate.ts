import { findMigrationsFolder } from "../../config/migrations-folder.js";
import { resolveSettings } from "../../config/resolve.js";
import { UsageError } from "../../errors.js";
import { migrate, migrationStatus, rollback } from "../../loader/migrations/migrate.js";
import { printSql } from "../../loader/migrations/print-sql.js";
import type { MigrationStatus } from "../../loader/migrations/status.js";
import { unlessStopped } from "../../unless-stopped.js";
import type { Command, CommonFlags } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";
import { renderMigrate, renderMigrationStatus, renderRollback } from "../terminal/migrate-output.js";

/** All migrations of a call are one transaction. */
const INTERRUPTED =
  "interrupted: either all of it has been done or nothing; sqs2pg migrate --status shows which";

export interface MigrateFlags extends CommonFlags {
  /** A directory; false: none. */
  readonly migrations?: string | false;
  readonly status?: boolean;
  readonly rollback?: boolean;
  readonly printSql?: boolean;
}

export const migrateCommand: Command<MigrateFlags> = async ({ flags, context, log }) => {
  const { env, cwd } = context;
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    needs: { database: flags.printSql !== true, key: "never", pipelines: "any" },
  });
  const { folder: userFolder, notice } = findMigrationsFolder({ ...flags, cwd });
  for (const text of [...settings.notices, ...(notice === undefined ? [] : [notice])]) log.warn(text);
  const schema = settings.bookkeepingSchema;

  if (flags.printSql === true) {
    const sql = await printSql({ schema, userFolder });
    writeResult({ sql }, () => sql, flags, context);
    return EXIT.done;
  }
  if (settings.database === undefined) throw new UsageError("database_missing", "migrate needs a database");
  const target = { database: { ...settings.database, env }, schema, userFolder };
  const orInterrupted = <Result>(work: Promise<Result>): Promise<Result> =>
    unlessStopped(work, context.signals.stop, INTERRUPTED);
  if (flags.status === true) {
    const found = await orInterrupted(migrationStatus(target));
    const { user } = found;
    const status = {
      ...statusDocument(found),
      ...(user === undefined
        ? {}
        : { user: { ...statusDocument(user), changed: user.changed, absent: user.absent } }),
    };
    const parts = [found, ...(user === undefined ? [] : [user])];
    const lines = parts.flatMap(({ applied, pending, changed, absent }) => [
      ...applied.map((line) => ({
        ...line,
        isChanged: changed.includes(line.name),
        isAbsent: absent.includes(line.name),
      })),
      ...pending.map((name) => ({ name, appliedAt: null })),
    ]);
    writeResult(status, (look) => renderMigrationStatus(lines, look), flags, context);
  } else if (flags.rollback === true) {
    const rolledBack = await orInterrupted(rollback(target));
    writeResult({ rolled_back: rolledBack }, (look) => renderRollback(rolledBack, look), flags, context);
  } else {
    const result = await orInterrupted(migrate(target));
    writeResult(result, (look) => renderMigrate(result, look), flags, context);
  }
  return EXIT.done;
};

function statusDocument({ applied, pending }: MigrationStatus): object {
  return {
    applied: applied.map(({ name, appliedAt }) => ({ name, applied_at: appliedAt.toISOString() })),
    pending,
  };
}
