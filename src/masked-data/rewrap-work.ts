import { DatabaseError } from "../errors.js";
import type { Connection } from "../loader/connection.js";
import { toDatabaseError } from "../loader/errors/database-error.js";
import { attemptRepeatedly, type RetryOptions } from "../loader/retry.js";

/** What the parts of a rewrap share. */
export interface RewrapWork extends RetryOptions {
  readonly connection: Connection;
  /** Of the bookkeeping. */
  readonly schema: string;
  /** Rows in one statement. */
  readonly batchSize: number;
  /** Nothing is changed. */
  readonly dryRun: boolean;
  /** The part of its way that this part has gone, from 0 to 1, and the values that it has rewrapped on it. */
  readonly onProgress: (gone: number, rewrapped: number) => void;
  /** Whether to leave the rest for another time. */
  readonly isStopped: () => boolean;
}

/** A statement that may be sent again. Throws `DatabaseError`, which names what is to be granted on `place`. */
export async function attempting<T>(
  { connection, ...options }: RewrapWork,
  place: string,
  action: () => Promise<T>,
): Promise<T> {
  const result = await attemptRepeatedly(action, options);
  if (result.ok) return result.value;
  const { error } = result;
  if (error.sqlState !== "42501") throw toDatabaseError(error);
  const { user, target } = connection;
  throw new DatabaseError(
    "failed",
    "privilege_missing",
    `user ${user} may not read or change ${place} in ${target}: grant select, update on ${place} to ${user}`,
    { cause: error, sqlState: error.sqlState },
  );
}

/**
 * Updates rows in batches. A batch that breaks a constraint is halved until the row is alone that does, and that one is
 * left. `update` answers how many rows were still what they were. Throws `DatabaseError`.
 */
export async function updating<Row>(
  work: RewrapWork,
  place: string,
  rows: readonly Row[],
  update: (rows: readonly Row[]) => Promise<number>,
  onLeft: (row: Row, code: string) => void,
): Promise<number> {
  const { batchSize } = work;
  const pieces: (readonly Row[])[] = [];
  for (let start = 0; start < rows.length; start += batchSize)
    pieces.push(rows.slice(start, start + batchSize));
  let updated = 0;
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const [only, second] = piece;
    if (only === undefined) continue;
    const current = piece;
    try {
      updated += await attempting(work, place, () => update(current));
    } catch (error) {
      const sqlState = error instanceof DatabaseError ? error.sqlState : undefined;
      if (sqlState === undefined || !/^2[23]/.test(sqlState)) throw error;
      if (second === undefined) onLeft(only, `sqlstate_${sqlState}`);
      else pieces.push(current.slice(current.length / 2), current.slice(0, current.length / 2));
    }
  }
  return updated;
}
