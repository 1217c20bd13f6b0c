import { availableParallelism } from "node:os";
import type { Environment } from "../config/key-source.js";
import type { Column, Pipeline } from "../config/pipeline.js";
import type { Settings } from "../config/resolve.js";
import { quotedFlag } from "../config/values.js";
import { InterruptedError, UsageError } from "../errors.js";
import { type Evidence, type MaskedColumn, storedEvidence } from "../loader/audit-evidence.js";
import { type Connection, connect } from "../loader/connection.js";
import { tableText } from "../loader/identifier.js";
import { suggestion } from "../nearest.js";
import { unlessStopped } from "../unless-stopped.js";
import { auditColumn } from "./audit-column.js";
import { createGuesses } from "./audit-guesses.js";
import type { ValueKind } from "./audit-kinds.js";
import { personalDataOf } from "./audit-names.js";
import type { Stopwatch } from "./audit-rate.js";
import type { AuditedColumn, AuditReport, UnmaskedColumn } from "./audit-report.js";

/** Counting a large table takes a while. */
const TIMEOUT_MS = 30 * 60_000;
const INTERRUPTED = "interrupted: an audit only looks, so nothing was changed";

export interface AuditOptions {
  /** What the values of a column are, where its name does not tell. */
  readonly kinds?: ReadonlyMap<string, ValueKind>;
  /** Looks at about so many rows in the place of all. */
  readonly sample?: number | undefined;
  /** Aborted: it is given up with `InterruptedError`. */
  readonly stop?: AbortSignal;
  readonly env?: Environment;
  /** The machine's own unless it is given. */
  readonly stopwatch?: Stopwatch;
  /** Likewise. */
  readonly cores?: number;
}

/**
 * Judges the masks of a pipeline, and with a database the values that are stored: who gets at them, how, and how long it
 * takes. It reads counts, and no value. Throws `UsageError` and `DatabaseError`.
 */
export async function audit(settings: Settings, options: AuditOptions = {}): Promise<AuditReport> {
  const { pipeline, keys } = settings;
  const { kinds = new Map<string, ValueKind>(), stop = new AbortController().signal } = options;
  const masked = pipeline.columns.filter(
    (column): column is Column & MaskedColumn => column.mask !== undefined,
  );
  requireColumns(kinds, masked);
  const found = await lookAtTable(settings, masked, stop, options);
  const guesses = createGuesses(options.stopwatch ?? (() => performance.now()));
  const facts = { columns: pipeline.columns, keys, evidence: found?.evidence };
  const columns: AuditedColumn[] = [];
  for (const column of masked) {
    await signalsHeard(stop);
    columns.push(auditColumn(column, column.mask, guesses(column, kinds.get(column.name)), facts));
  }
  const isAtRisk = ({ verdict }: AuditedColumn): boolean => verdict === "exposed" || verdict === "guessable";
  return {
    table: tableText(pipeline.table),
    database: found?.target ?? null,
    rows: found?.evidence.rows ?? null,
    is_sample: found?.evidence.isSample ?? false,
    cores: options.cores ?? availableParallelism(),
    at_risk: columns.filter(isAtRisk).map(({ column }) => column),
    columns,
    unmasked: unmaskedColumns(pipeline),
  };
}

function requireColumns(kinds: ReadonlyMap<string, ValueKind>, masked: readonly MaskedColumn[]): void {
  const unknown = [...kinds.keys()].find((name) => masked.every((column) => column.name !== name));
  if (unknown === undefined) return;
  throw new UsageError(
    "column_unknown",
    `the kind of ${quotedFlag(unknown)} was told, which is no masked column of this pipeline${suggestion(
      unknown,
      masked.map(({ name }) => name),
    )}`,
  );
}

async function lookAtTable(
  { database, bookkeepingSchema: schema, pipeline }: Settings,
  columns: readonly MaskedColumn[],
  stop: AbortSignal,
  { env = process.env, sample }: AuditOptions,
): Promise<{ readonly target: string; readonly evidence: Evidence } | undefined> {
  if (database === undefined) return undefined;
  const connection: Connection = connect({ ...database, env }, { poolSize: 1 });
  try {
    const wanted = { schema, table: pipeline.table, columns, sample, timeoutMs: TIMEOUT_MS };
    const evidence = await unlessStopped(storedEvidence(connection, wanted), stop, INTERRUPTED);
    return { target: connection.target, evidence };
  } finally {
    await connection.close();
  }
}

/** Measuring keeps the process busy; a signal gets through in between. */
async function signalsHeard(stop: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (stop.aborted) throw new InterruptedError(INTERRUPTED);
}

function unmaskedColumns({ columns }: Pipeline): UnmaskedColumn[] {
  return columns.flatMap(({ name, from, type, mask }): UnmaskedColumn[] => {
    if (mask !== undefined || from.kind === "message" || type.name === "boolean") return [];
    const data = personalDataOf(from.text) ?? personalDataOf(name);
    return data === undefined ? [] : [{ column: name, from: from.text, looks_like: data }];
  });
}
