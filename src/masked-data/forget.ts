import type { Environment } from "../config/key-source.js";
import type { Column } from "../config/pipeline.js";
import type { Settings } from "../config/resolve.js";
import { quotedFlag } from "../config/values.js";
import { UsageError } from "../errors.js";
import { connect } from "../loader/connection.js";
import { forgetEntries } from "../loader/forget.js";
import type { MaskSpec } from "../masking/index.js";
import { suggestion } from "../nearest.js";
import { unlessStopped } from "../unless-stopped.js";
import { namesOf, sortValues } from "./forget-values.js";

export interface ForgetOptions {
  /** Raw values and tokens; the same one twice counts once, empty ones not at all. */
  readonly values: readonly string[];
  readonly source: "arguments" | "stdin";
  /** Only in this domain, in the place of all that the pipeline's token columns have. */
  readonly domain?: string | undefined;
  /** Only in the domain of this token column. */
  readonly as?: string | undefined;
  /** Says what would be forgotten, and changes nothing. */
  readonly dryRun?: boolean;
  /** Aborted: it is given up with `InterruptedError`; then all of it was done, or nothing. */
  readonly stop?: AbortSignal;
  readonly env?: Environment;
}

/** What was forgotten. Its field names are the JSON's and stay as they are. */
export interface ForgetResult {
  readonly dry_run: boolean;
  /** Values that were given: `forgotten + not_found`. */
  readonly values: number;
  /** Values that the vault had. */
  readonly forgotten: number;
  readonly not_found: number;
  /** Every domain that was looked through, with the number of vault entries deleted there. */
  readonly domains: readonly { readonly domain: string; readonly entries: number }[];
  /** The id of its entry in the unmask log; null after a dry run. */
  readonly log_entry: number | null;
}

const INTERRUPTED = "interrupted: either all of it was forgotten or nothing; run it again";

interface TokenColumn extends Column {
  readonly mask: MaskSpec;
}

/**
 * Deletes what the vault knows of values: their tokens can never be resolved again, in whichever copy of the table they
 * are, and a value that comes again gets another token. Values are found under all keys that are held. Throws
 * `UsageError`, `DatabaseError` and `InterruptedError`; then nothing was deleted.
 */
export async function forget(settings: Settings, options: ForgetOptions): Promise<ForgetResult> {
  const { database, keys, bookkeepingSchema: schema, pipeline } = settings;
  const { source, dryRun = false, env = process.env, stop = new AbortController().signal } = options;
  const columns = columnsOf(pipeline.columns, options);
  const domains = [...new Set(columns.map(({ mask }) => mask.domain))];
  const values = sortValues(options.values);
  if (database === undefined) throw new UsageError("database_missing", "the vault is in a database: give it");
  if (values.raw.length > 0 && keys.keys.length === 0) {
    throw new UsageError(
      "key_missing",
      "the vault finds raw values by the key that masked them: give it by SQS2PG_MASK_KEY or --key file:PATH (tokens need none)",
    );
  }
  const given = values.raw.length + values.tokens.length;
  const connection = connect({ ...database, env }, { poolSize: 1 });
  try {
    const forgetting = forgetEntries(connection, {
      schema,
      domains,
      names: namesOf(values, domains, keys),
      tokens: values.tokens.map((token, index) => ({ place: values.raw.length + index, token })),
      heldIds: keys.keys.map(({ id }) => id),
      dryRun,
      entry: {
        ...{ command: "forget", source, table: pipeline.table, columns: columns.map(({ name }) => name) },
        filter: null,
      },
      values: given,
    });
    const { found, entries, logEntry } = await unlessStopped(forgetting, stop, INTERRUPTED);
    return {
      dry_run: dryRun,
      values: given,
      forgotten: found,
      not_found: given - found,
      domains: domains.map((domain) => ({ domain, entries: entries.get(domain) ?? 0 })),
      log_entry: logEntry,
    };
  } finally {
    await connection.close();
  }
}

/** Throws UsageError `token_column_missing`, `column_unknown`, `column_without_tokens`, `domain_unknown`. */
function columnsOf(
  columns: readonly Column[],
  { as, domain }: Pick<ForgetOptions, "as" | "domain">,
): readonly TokenColumn[] {
  const ours = columns.filter(hasTokens);
  if (ours.length === 0) {
    throw new UsageError(
      "token_column_missing",
      "no column of this pipeline holds tokens: give the pipeline that masked the values by --config, or say --mask token",
    );
  }
  if (domain !== undefined) {
    const found = ours.filter(({ mask }) => mask.domain === domain);
    if (found.length > 0) return found;
    const known = ours.map(({ mask }) => mask.domain);
    throw new UsageError(
      "domain_unknown",
      `--domain: no column of this pipeline has tokens of ${quotedFlag(domain)}${suggestion(domain, known)}`,
    );
  }
  if (as === undefined) return ours;
  const column = columns.find(({ name }) => name === as);
  if (column === undefined) {
    const names = ours.map(({ name }) => name);
    throw new UsageError(
      "column_unknown",
      `--as: the pipeline has no column ${quotedFlag(as)}${suggestion(as, names)}`,
    );
  }
  if (hasTokens(column)) return [column];
  throw new UsageError(
    "column_without_tokens",
    `--as: column ${as} holds no tokens, so the vault knows nothing of it`,
  );
}

function hasTokens(column: Column): column is TokenColumn {
  return column.mask?.strategy === "token";
}
