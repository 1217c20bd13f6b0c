import { tableText } from "../identifier.js";
import type { LoadTarget } from "../target.js";
import type { ColumnFacts, TableFacts } from "./facts.js";

/** What the user lacks to insert into a table, such as `INSERT on shop.orders (id, total)`. */
export function lackingOnTable(target: LoadTarget, facts: TableFacts): string[] {
  if (facts.kind === "other") return [];
  const { columns, constants = [], conflict } = target;
  const lacking: string[] = [];
  if (!facts.isReachable) lacking.push(`USAGE on schema ${facts.schema}`);
  const named = (names: readonly string[]): readonly ColumnFacts[] =>
    facts.columns.filter((twin) => names.includes(twin.name));
  const on = (privilege: string, twins: readonly ColumnFacts[], held: keyof ColumnFacts): void => {
    const closed = twins.filter((twin) => twin[held] === false).map((twin) => twin.name);
    if (closed.length === 0) return;
    const which = closed.length === twins.length ? "" : ` (${closed.join(", ")})`;
    lacking.push(`${privilege} on ${tableText(target.table)}${which}`);
  };
  const written = named([...columns, ...constants].map(({ name }) => name));
  on("INSERT", written, "insertable");
  if (conflict !== undefined) {
    const updated = written.filter(({ name }) => !conflict.key.includes(name));
    const isUpdate = conflict.action === "update";
    // The new values of a row are read like those that it has.
    on("SELECT", isUpdate ? written : named(conflict.key), "selectable");
    if (isUpdate) on("UPDATE", updated, "updatable");
  }
  for (const twin of facts.columns) {
    if (twin.closedSequence !== null && !written.includes(twin)) {
      lacking.push(`USAGE on sequence ${twin.closedSequence}`);
    }
  }
  return lacking;
}

/** What to do about it, in one line; undefined where nothing is missing. */
export function grantText(missing: readonly string[], user: string, target: string): string | undefined {
  const names = [...new Set(missing)];
  return names.length === 0 ? undefined : `user ${user} lacks ${names.join(", ")} in ${target}: grant it`;
}
