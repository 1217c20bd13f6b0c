import type { Settings } from "../config/resolve.js";
import { UsageError } from "../errors.js";
import type { Connection } from "../loader/connection.js";
import { asStoreError, toDatabaseError } from "../loader/errors/database-error.js";
import { columnUses } from "../loader/key-uses.js";
import type { Keyring, MaskSpec } from "../masking/index.js";
import { readingKey } from "./unmask-column.js";
import type { ReversibleColumn } from "./unmask-columns.js";

/** Throws UsageError `key_missing` where there is nothing to unmask with. */
export function requireKeys({ keys, privateKeys }: Keyring): void {
  if (keys.length > 0 || privateKeys.length > 0) return;
  throw new UsageError(
    "key_missing",
    "values are unmasked with the key that they were masked with: give it by SQS2PG_MASK_KEY or --key file:PATH",
  );
}

/** No table of keys, or no privilege to read it: whoever has not can do without. */
const UNREADABLE: ReadonlySet<string | undefined> = new Set(["42501", "42P01", "3F000"]);
const TIMEOUT_MS = 10_000;

/**
 * Values of some masks do not prove that the key is right: with another one they come out wrong, without an error. Where
 * the database has written down the key it is compared; else `onNotice` is told. Throws UsageError `key_not_in_use`, and
 * `DatabaseError`.
 */
export async function checkUnprovenKeys(
  columns: readonly ReversibleColumn[],
  { keys, bookkeepingSchema: schema }: Settings,
  connection: Connection | undefined,
  onNotice: (message: string) => void,
): Promise<void> {
  for (const { name, mask } of columns) {
    const id = readingKey(mask, keys);
    if (id === undefined) continue;
    const recorded = connection === undefined ? [] : await keysOf(connection, schema, mask);
    if (recorded.includes(id)) continue;
    if (recorded.length > 0) {
      throw new UsageError(
        "key_not_in_use",
        `column ${name}: this database has ${mask.strategy} of ${mask.domain} under the key ${recorded.join(", ")}, and with ${id} wrong values would come out: put that key first, or name it by key_id`,
      );
    }
    onNotice(
      `${name}: nothing in a value of ${mask.strategy} proves that ${id} is the right key: with another one wrong values come out`,
    );
  }
}

async function keysOf(
  connection: Connection,
  schema: string,
  { strategy, domain }: MaskSpec,
): Promise<readonly string[]> {
  try {
    const uses = await columnUses(connection, schema, TIMEOUT_MS);
    const same = uses.filter((use) => use.strategy === strategy && use.domain === domain);
    return [...new Set(same.map(({ keyId }) => keyId))];
  } catch (error) {
    const failure = asStoreError(error);
    if (UNREADABLE.has(failure.sqlState)) return [];
    throw toDatabaseError(failure);
  }
}
