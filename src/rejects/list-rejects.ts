import type { Environment } from "../config/key-source.js";
import type { Settings } from "../config/resolve.js";
import { UsageError } from "../errors.js";
import { parseQueueReference } from "../fetcher/sqs/queue-reference.js";
import { connect } from "../loader/connection.js";
import { type RejectStatus, rejectGroups } from "../loader/reject-groups.js";
import type { RejectStage } from "../reject.js";
import { unlessStopped } from "../unless-stopped.js";

/** Message ids of a group. */
const EXAMPLES = 3;
/** Counting millions of them takes a while. */
const TIMEOUT_MS = 10 * 60_000;

/** Rejects for the same reason and in the same place; its field names are the JSON's. */
export interface ListedRejects {
  /** The queue's name. */
  readonly queue: string;
  /**
   * `quarantined`: sealed, to be replayed. `left`: on the queue, unless its redrive policy has moved it or it was
   * deleted. `replayed`: loaded out of the quarantine. `loaded`: by a later delivery.
   */
  readonly status: RejectStatus;
  readonly stage: RejectStage;
  readonly code: string;
  readonly field: string | null;
  readonly reason: string;
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly first_seen: string;
  readonly last_seen: string;
  /** Up to three, of those seen last. */
  readonly example_message_ids: readonly string[];
}

export interface RejectListing {
  /** Null: of every queue. */
  readonly queue: string | null;
  /** Null: with any code. */
  readonly code: string | null;
  /** Rejects by status. */
  readonly counts: Readonly<Record<RejectStatus, number>>;
  /** The largest first. */
  readonly groups: readonly ListedRejects[];
}

export interface ListRejectsOptions {
  /** Only rejects with this code. */
  readonly code?: string | undefined;
  /** Of every queue whose rejects are here, and not only of the pipeline's. */
  readonly allQueues?: boolean;
  /** Aborted: it is given up with `InterruptedError`. */
  readonly stop?: AbortSignal;
  readonly env?: Environment;
}

/** What was rejected, why and where it is, without a value of it. Throws `UsageError` and `DatabaseError`. */
export async function listRejects(
  settings: Settings,
  options: ListRejectsOptions = {},
): Promise<RejectListing> {
  const { database, bookkeepingSchema: schema, pipeline } = settings;
  const { env = process.env, stop = new AbortController().signal, code } = options;
  if (database === undefined)
    throw new UsageError("database_missing", "the list of rejects needs a database");
  const queue = options.allQueues === true ? undefined : parseQueueReference(pipeline.queue).name;
  const connection = connect({ ...database, env }, { poolSize: 1 });
  try {
    const wanted = { schema, queue, code, examples: EXAMPLES, timeoutMs: TIMEOUT_MS };
    const found = await unlessStopped(rejectGroups(connection, wanted), stop, "interrupted");
    const counts = { quarantined: 0, left: 0, replayed: 0, loaded: 0 };
    for (const { status, count } of found) counts[status] += count;
    const groups = found.map(({ firstSeen, lastSeen, messageIds, ...group }) => ({
      ...group,
      first_seen: firstSeen.toISOString(),
      last_seen: lastSeen.toISOString(),
      example_message_ids: messageIds,
    }));
    return { queue: queue ?? null, code: code ?? null, counts, groups };
  } finally {
    await connection.close();
  }
}
