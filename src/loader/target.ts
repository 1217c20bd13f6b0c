import type { Column, Conflict, Constant, TableName } from "../config/pipeline.js";

/** What the loader needs to know of a column; what tells where NULL can come from goes to the check of the table. */
export type TargetColumn = Pick<Column, "name" | "type" | "mask"> &
  Partial<Pick<Column, "from" | "required" | "default" | "nullOnError">>;

/** A table with the columns of it that are loaded. */
export interface LoadTarget {
  /** Of the pipeline, where its file has several. */
  readonly name?: string;
  readonly table: TableName;
  readonly columns: readonly TargetColumn[];
  readonly constants?: readonly Constant[];
  readonly conflict?: Conflict;
}
