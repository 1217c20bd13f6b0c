import { tableText } from "../identifier.js";
import type { LoadTarget } from "../target.js";
import type { TableFacts } from "./facts.js";

/** What the user lacks to insert into a table, such as `INSERT on shop.orders (id, total)`. */
export function lackingOnTable({ table, columns }: LoadTarget, facts: TableFacts): string[] {
  if (facts.kind === "other") return [];
  const name = tableText(table);
  const lacking: string[] = [];
  if (!facts.isReachable) lacking.push(`USAGE on schema ${facts.schema}`);
  const written = facts.columns.filter((twin) => columns.some((column) => column.name === twin.name));
  const closed = written.filter(({ insertable }) => !insertable);
  if (closed.length > 0) {
    const isAll = closed.length === written.length;
    lacking.push(`INSERT on ${name}${isAll ? "" : ` (${closed.map((twin) => twin.name).join(", ")})`}`);
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
