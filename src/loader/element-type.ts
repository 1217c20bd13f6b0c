import type { ColumnType, ScalarType } from "../types/column-type.js";
import type { TargetColumn } from "./target.js";

/**
 * The type that the values of a column are passed with, one array a column. Text for varchar and char: a cast to
 * varchar(n) cuts without a word, while the assignment to the column raises 22001
 * (https://www.postgresql.org/docs/current/datatype-character.html). Text for arrays: one of arrays would have to have
 * the same number of elements in each row, and unnest would take all of them apart.
 */
export function elementType({ type, mask }: TargetColumn): string {
  if (mask?.strategy === "token") return "bytea";
  return type.name === "array" ? "text" : scalarType(type);
}

/** A passed value as it is assigned to its column. */
export function assigned(value: string, type: ColumnType): string {
  return type.name === "array" ? `${value}::${scalarType(type.element)}[]` : value;
}

function scalarType({ name }: ScalarType): string {
  return name === "varchar" || name === "char" ? "text" : name;
}
