import { createHash } from "node:crypto";
import type { Row } from "../row.js";
import { arrayLiteral, type Element } from "./array-literal.js";
import { toTimestamp } from "./storable.js";
import type { LoadMessage } from "./store.js";
import type { LoadTarget } from "./target.js";
import { isEntry } from "./vault-sql.js";

/** Each message once: its first copy. */
export function uniqueMessages(messages: readonly LoadMessage[]): readonly LoadMessage[] {
  const seen = new Set(messages.map(({ messageId }) => messageId));
  return seen.size === messages.length
    ? messages
    : messages.filter(({ messageId }) => seen.delete(messageId));
}

/**
 * As PostgreSQL reads arrays, for each target in its order: the array of its rows' message ids, then how new they are where that counts, and then one
 * of values for each of its columns.
 */
export function arraysOf(messages: readonly LoadMessage[], targets: readonly LoadTarget[]): string[] {
  const owners: LoadMessage[][] = targets.map(() => []);
  for (const message of messages) for (const { target } of message.rows) owners[target]?.push(message);
  const columns = columnArraysOf(messages, targets);
  return targets.flatMap(({ conflict }, target) => [
    idsOf(owners[target] ?? []),
    ...(conflict?.action === "update" ? agesOf(owners[target] ?? []).map(arrayLiteral) : []),
    ...(columns[target] ?? []),
  ]);
}

/** Their message ids. */
export function idsOf(messages: readonly LoadMessage[]): string {
  return arrayLiteral(messages.map(({ messageId }) => messageId));
}

/** For each target in its order the arrays of values alone, one for each of its columns. */
export function columnArraysOf(
  messages: readonly LoadMessage[],
  targets: readonly LoadTarget[],
): readonly (readonly string[])[] {
  const rows: Row[][] = targets.map(() => []);
  for (const message of messages) for (const row of message.rows) rows[row.target]?.push(row);
  return targets.map(({ columns }, target) =>
    columns.map((_, place) => arrayLiteral(valuesAt(rows[target] ?? [], place))),
  );
}

/** As `AGE` has them: what has no turn is of one group of its own. */
function agesOf(owners: readonly LoadMessage[]): Element[][] {
  return [
    owners.map(({ sentAtMs }) => toTimestamp(sentAtMs)),
    owners.map(({ turn }) => (turn === undefined ? "0" : groupHash(turn.group))),
    owners.map(({ turn }) => turn?.sequence ?? "0"),
  ];
}

/** What groups are told apart by, as a bigint: their names may be personal, and are kept nowhere. */
export function groupHash(group: string): string {
  return createHash("sha256").update(group).digest().readBigInt64BE().toString();
}

/** Of a value that the vault has a token for, the blind index goes along until the token is there. */
function valuesAt(rows: readonly Row[], place: number): Element[] {
  return rows.map(({ values }) => {
    const value = values[place] ?? null;
    return isEntry(value) ? value.blindIndex : value;
  });
}
