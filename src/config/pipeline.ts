import type { MaskSpec } from "../masking/spec.js";

/**
 * The declaration that turns records into rows, after it was checked: inside the program it is trusted.
 */
export interface Pipeline {
  /** Where its file has several. */
  readonly name?: string;
  /** Name, URL or ARN. */
  readonly queue: string;
  readonly table: TableName;
  readonly columns: readonly Column[];
}

export interface TableName {
  /** Absent: found by the connection's search_path. */
  readonly schema?: string;
  readonly name: string;
}

export type ColumnType =
  | { readonly name: "text" }
  | { readonly name: "varchar"; readonly length: number }
  | { readonly name: "smallint" | "integer" | "bigint" }
  | { readonly name: "boolean" }
  | { readonly name: "date" }
  | { readonly name: "timestamptz" }
  | { readonly name: "inet" };

/** Where a value comes from: the record, or the message around it. */
export type Source =
  | { readonly kind: "record"; readonly path: readonly string[]; readonly text: string }
  | {
      readonly kind: "message";
      readonly value: "sent_at" | "message_id" | "receive_count" | "group_id" | "queue" | "run_id";
      readonly text: string;
    }
  | { readonly kind: "attribute"; readonly name: string; readonly text: string };

export interface Column {
  readonly name: string;
  readonly from: Source;
  readonly type: ColumnType;
  readonly required: boolean;
  readonly convert?: "app-version";
  readonly mask?: MaskSpec;
  /** Of the column of a randomised mask: this one is what that one is joined by. */
  readonly companionOf?: string;
}
