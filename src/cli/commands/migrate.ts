import { resolveSettings } from "../../config/resolve.js";
import { UsageError } from "../../errors.js";
import { migrate, migrationStatus, rollback } from "../../loader/migrations/migrate.js";
import { printSql } from "../../loader/migrations/print-sql.js";
import { unlessStopped } from "../../unless-stopped.js";
import type { Command, CommonFlags } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";
import { renderMigrate, renderMigrationStatus, renderRollback } from "../terminal/migrate-output.js";

/** All migrations of a call are one transaction. */
const INTERRUPTED =
  "interrupted: either all of it has been done or nothing; sqs2pg migrate --status shows which";

export interface MigrateFlags extends CommonFlags {
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
  for (const notice of settings.notices) log.warn(notice);
  const schema = settings.bookkeepingSchema;

  if (flags.printSql === true) {
    const sql = await printSql({ schema });
    writeResult({ sql }, () => sql, flags, context);
    return EXIT.done;
  }
  if (settings.database === undefined) throw new UsageError("database_missing", "migrate needs a database");
  const target = { database: { ...settings.database, env }, schema };
  const orInterrupted = <Result>(work: Promise<Result>): Promise<Result> =>
    unlessStopped(work, context.signals.stop, INTERRUPTED);
  if (flags.status === true) {
    const { applied, pending } = await orInterrupted(migrationStatus(target));
    const status = {
      applied: applied.map(({ name, appliedAt }) => ({ name, applied_at: appliedAt.toISOString() })),
      pending,
    };
    const lines = [...applied, ...pending.map((name) => ({ name, appliedAt: null }))];
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
