import type { DatabaseProblem } from "../../errors.js";
import type { ColumnType } from "../../types/column-type.js";
import { typeText } from "../../types/column-type.js";
import { quoteIdentifier, quoteTable, tableText } from "../identifier.js";
import type { LoadTarget } from "../target.js";
import type { ColumnFacts, TableFacts, UniqueIndex } from "./facts.js";

/**
 * What is wrong with the key of a pipeline: PostgreSQL tells rows apart by a unique index on just these columns, and
 * which message is the newest for a key is known by the values of the key as the pipeline has them.
 * https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
 */
export function keyProblems({ table, conflict, columns }: LoadTarget, facts: TableFacts): DatabaseProblem[] {
  if (conflict === undefined) return [];
  const name = tableText(table);
  const problem = (code: string, message: string): DatabaseProblem => ({ code, table: name, message });
  if (facts.kind === "view" || facts.kind === "foreign table") {
    return [
      problem(
        "key_not_unique",
        `${name} is a ${facts.kind}, which has no unique keys of its own: name the table behind it, or leave out key`,
      ),
    ];
  }
  const { key, action } = conflict;
  // What the table lacks is told for all columns together.
  const twins = key.flatMap((wanted) => facts.columns.find((twin) => twin.name === wanted) ?? []);
  if (twins.length < key.length) return [];
  if (!facts.uniqueIndexes.some((index) => index.unusable === null && isSame(index.columns, key))) {
    const sql = `create unique index on ${quoteTable(table)} (${key.map(quoteIdentifier).join(", ")})`;
    return [
      problem(
        "key_not_unique",
        `table ${name} has no unique key of ${key.join(", ")}${known(facts.uniqueIndexes)}: name one of its own, or make one: ${sql.replaceAll("\\?", "?")}`,
      ),
    ];
  }
  if (action === "ignore") return [];
  return twins.flatMap((twin) => {
    const ours = columns.find((column) => column.name === twin.name)?.type;
    const how = looseness(twin, ours);
    if (how === undefined) return [];
    return {
      ...problem(
        "key_not_exact",
        `column ${twin.name} of table ${name} ${how}, so that it is not known which message is the newest for a key: use another key, or on_conflict: ignore`,
      ),
      column: twin.name,
    };
  });
}

function isSame(columns: readonly string[], key: readonly string[]): boolean {
  return columns.length === key.length && key.every((name) => columns.includes(name));
}

function known(indexes: readonly UniqueIndex[]): string {
  if (indexes.length === 0) return "";
  const texts = indexes.map(
    ({ name, columns, unusable }) =>
      `${name} of ${columns.join(", ")}${unusable === null ? "" : `, which cannot be used, as it is ${unusable}`}`,
  );
  return ` (it has ${texts.join("; ")})`;
}

/** How a column takes values for equal that the pipeline tells apart, or the other way round; undefined: it does not. */
function looseness(
  { type, isCollationExact }: ColumnFacts,
  ours: ColumnType | undefined,
): string | undefined {
  if (!isCollationExact) return "compares by a collation that takes different texts for equal";
  if (!type.isBuiltIn && type.kind !== "enum")
    return `is of type ${type.text}, which may take different texts for equal`;
  if (ours === undefined) return undefined;
  if ((type.name === "character") !== (ours.name === "char"))
    return `is of type ${type.text}, and the pipeline says ${typeText(ours)}: spaces at the end make no difference in char alone`;
  const isRounded = FRACTIONS.includes(ours.name) && type.modifier >= 0 && type.modifier < MICROSECONDS;
  return isRounded ? `is of type ${type.text}, which rounds fractions of a second` : undefined;
}

const FRACTIONS: readonly string[] = ["timestamp", "timestamptz", "time"];
const MICROSECONDS = 6;
