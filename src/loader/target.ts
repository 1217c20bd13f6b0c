import type { Column, TableName } from "../config/pipeline.js";

/** What the loader needs to know of a column. */
export type TargetColumn = Pick<Column, "name" | "type" | "mask">;

/** A table with the columns of it that are loaded. */
export interface LoadTarget {
  readonly table: TableName;
  readonly columns: readonly TargetColumn[];
}
