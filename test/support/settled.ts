import type { TestDatabase } from "./database.js";
import { type EventOptions, FOREIGN_BODY, loginEvents } from "./events.js";
import type { SentMessage, TestQueue } from "./sqs.js";

/** Where everything is, by message id; rows by the `user_id` that `traceableEvents` gives. */
export interface Whereabouts {
  readonly sent: readonly SentMessage[];
  /** `user_id`, once for each row of user_logins. */
  readonly rows: readonly (string | null)[];
  readonly ledger: readonly string[];
  readonly rejects: readonly { readonly messageId: string; readonly isSealed: boolean }[];
  /** What is on the queue or on its dead-letter queue: visible, in flight or delayed. */
  readonly queued: readonly string[];
}

export interface Settled {
  readonly rows: number;
  readonly rejects: number;
  readonly queued: number;
}

export interface SettledOptions {
  readonly sent: readonly SentMessage[];
  readonly queue: Pick<TestQueue, "messageIds">;
  readonly deadLetter?: Pick<TestQueue, "messageIds">;
  readonly database: Pick<TestDatabase, "query">;
  /**
   * A run was cut off: what it has loaded may still be on the queue, and is a duplicate when it comes back. A test that
   * allows it goes on to a drain after which nothing of it is left.
   */
  readonly isCutOff?: boolean;
}

/** In one statement: what a killed drain had sent may commit at any moment, and its row and ledger entry come together. */
const IN_THE_DATABASE = `select
  coalesce((select json_agg(user_id) from user_logins), '[]') as rows,
  coalesce((select json_agg(message_id) from sqs2pg.ledger), '[]') as ledger,
  coalesce((select json_agg(json_build_object('messageId', message_id, 'isSealed', sealed_body is not null))
    from sqs2pg.rejects), '[]') as rejects`;

/** How many examples a message names. */
const EXAMPLES = 3;

/** Login events each of which says in its `user_id` which one it is: their rows can be traced to them. */
export function traceableEvents(count: number, options: EventOptions = {}): string[] {
  const bodies = loginEvents(count, { foreign: 0, duplicates: 0, ...options });
  return Array.from(bodies, (body, index) =>
    body === FOREIGN_BODY ? body : JSON.stringify({ ...JSON.parse(body), user_id: `user-${index}` }),
  );
}

/**
 * What every test of a fault ends with: rows + rejects + queue = sent, each message in exactly one of these places and
 * none of it twice. Throws with what is missing or double; resolves to how many are where.
 */
export async function settled(options: SettledOptions): Promise<Settled> {
  const { sent, queue, deadLetter, database, isCutOff = false } = options;
  // The queue first: whatever leaves it has been in the database before.
  const queued = [...queue.messageIds(), ...(deadLetter?.messageIds() ?? [])];
  const [found] = await database.query<Pick<Whereabouts, "rows" | "ledger" | "rejects">>(IN_THE_DATABASE);
  if (found === undefined) throw new Error("no answer");
  const { rows, rejects } = found;
  const problems = unsettled({ sent, queued, ...found }, { isCutOff });
  if (problems.length > 0) throw new Error(`not settled:\n  ${problems.join("\n  ")}`);
  return {
    rows: rows.length,
    rejects: rejects.length,
    queued: queued.length,
  };
}

/**
 * What is wrong with where everything is, one line for each kind of it; none when all is settled. A reject that is left
 * to the queue's redrive policy is recorded and on the queue, which is one place.
 */
export function unsettled(
  { sent, rows, ledger, rejects, queued }: Whereabouts,
  { isCutOff = false }: { readonly isCutOff?: boolean } = {},
): string[] {
  const ids = new Set(sent.map(({ messageId }) => messageId));
  const idOfUser = new Map(sent.map(({ body, messageId }) => [userOf(body), messageId]));
  const loaded = new Set(ledger);
  const waiting = new Set(queued);
  const rejected = new Map(rejects.map(({ messageId, isSealed }) => [messageId, isSealed]));
  const withRow = new Set(rows.map((user) => (user === null ? undefined : idOfUser.get(user))));
  const all = [...ids];

  const kinds: readonly (readonly [string, readonly unknown[]])[] = [
    ["lost", all.filter((id) => !loaded.has(id) && !waiting.has(id) && rejected.get(id) !== true)],
    ["in the ledger without a row", [...loaded].filter((id) => ids.has(id) && !withRow.has(id))],
    [
      "a row without an entry in the ledger",
      [...withRow].filter((id) => id !== undefined && !loaded.has(id)),
    ],
    ["rows that are there twice", repeated(rows)],
    ["rows of nothing that was sent", rows.filter((user) => user === null || !idOfUser.has(user))],
    ["on the queue twice", repeated(queued)],
    ["loaded and rejected", all.filter((id) => loaded.has(id) && rejected.has(id))],
    ["quarantined and on the queue", isCutOff ? [] : all.filter((id) => rejected.get(id) && waiting.has(id))],
    ["loaded and on the queue", isCutOff ? [] : all.filter((id) => loaded.has(id) && waiting.has(id))],
  ];
  return kinds
    .filter(([, found]) => found.length > 0)
    .map(([what, found]) => `${what}: ${found.length}, such as ${found.slice(0, EXAMPLES).join(", ")}`);
}

function userOf(body: string): string | undefined {
  try {
    const record: unknown = JSON.parse(body);
    const user = typeof record === "object" && record !== null ? Reflect.get(record, "user_id") : undefined;
    return typeof user === "string" ? user : undefined;
  } catch {
    return undefined;
  }
}

function repeated<T>(list: readonly T[]): T[] {
  const seen = new Set<T>();
  return list.filter((item) => seen.has(item) || !seen.add(item));
}
