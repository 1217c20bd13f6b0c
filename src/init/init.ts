import type { Clock } from "../clock.js";
import { parseTable } from "../config/identifier.js";
import type { TableName } from "../config/pipeline.js";
import { Sqs2pgError, UsageError } from "../errors.js";
import type { ConnectionSettings } from "../loader/connection-settings.js";
import { tableLayout } from "../loader/table-layout.js";
import { unlessStopped } from "../unless-stopped.js";
import { type Matched, matchTable } from "./match-table.js";
import { tableNameOf } from "./names.js";
import type { Proposal } from "./proposal.js";
import { propose } from "./propose.js";
import { type Sample, type SampleOptions, sampleQueue } from "./sample-queue.js";

export interface InitOptions extends SampleOptions {
  readonly clock: Clock;
  /** `name` or `schema.name`; made from the queue's name when absent. */
  readonly table?: string | undefined;
  /** Asked whether the table is there already. */
  readonly database?: ConnectionSettings | undefined;
  /** The database was not asked for by a flag: that it does not answer is told, and no reason to end. */
  readonly isDatabaseOptional?: boolean;
}

/** What `init` found out. It holds no value of any message. */
export interface InitResult {
  readonly proposal: Proposal;
  readonly sample: Omit<Sample, "messages">;
  /** The table is in the database already. */
  readonly tableExists: boolean;
  /** Columns of that table that nothing would be loaded into. */
  readonly unfilled: Matched["unfilled"];
}

/**
 * Looks at messages, gives them back, and proposes a pipeline for them. Throws `UsageError`, `QueueError` and, for a
 * database that was asked for, `DatabaseError`.
 */
export async function init(options: InitOptions): Promise<InitResult> {
  const given = options.table === undefined ? undefined : tableOf(options.table);
  const { messages, ...sample } = await sampleQueue(options);
  const table = given === undefined ? tableNameOf(sample.queueName) : (options.table ?? "");
  const proposal = propose({
    queue: options.queue,
    table,
    bodies: messages.map(({ body }) => body),
    nowMs: options.clock.now(),
  });
  const layout = await layoutOf(tableOf(table), options);
  if (layout === undefined) return { proposal, sample, tableExists: false, unfilled: [] };
  return { ...matchTable(proposal, layout), sample, tableExists: true };
}

async function layoutOf(
  table: TableName,
  { database, isDatabaseOptional = false, stop, onWarning }: InitOptions,
): Promise<Awaited<ReturnType<typeof tableLayout>>> {
  if (database === undefined) return undefined;
  try {
    return await unlessStopped(tableLayout(database, table), stop);
  } catch (error) {
    if (!isDatabaseOptional || stop.aborted || !(error instanceof Sqs2pgError)) throw error;
    onWarning?.(`whether the table is there already could not be seen: ${error.message}`);
    return undefined;
  }
}

function tableOf(text: string): TableName {
  const table = parseTable(text);
  if ("problem" in table) throw new UsageError("table_invalid", `--table: ${table.problem}`);
  return table.value;
}
