import type { MaskSpec } from "../masking/spec.js";
import type { PlainValue } from "../row.js";
import type { ColumnType } from "../types/column-type.js";
import type { BodyFormat } from "./formats.js";
import type { Path } from "./path.js";

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
  readonly constants: readonly Constant[];
  /** Absent: a row whose unique key is in the table is refused by the database. */
  readonly conflict?: Conflict;
  /** Where the array is whose elements are the records, seen from the body's record; absent: that one is the record. */
  readonly records?: Path;
  /** All of them must hold for a record to be this pipeline's. */
  readonly match: readonly Match[];
  /** The same for all pipelines of a queue. */
  readonly body: BodyFormat;
}

export type Scalar = string | number | boolean | null;

/** What a value of a record, or of what is around it, must be one of. */
export interface Match {
  readonly from: Source;
  readonly values: readonly Scalar[];
}

/** A column that has the same value in every row. */
export interface Constant {
  readonly name: string;
  /** As PostgreSQL reads it into the column, whatever that one's type is. */
  readonly text: string | null;
}

/** What becomes of a row whose key is in the table. */
export interface Conflict {
  /** The columns of a unique key, in the order of the pipeline. */
  readonly key: readonly string[];
  /** `update`: the row of the newest message stays, whatever the order of arrival. */
  readonly action: "ignore" | "update";
}

export interface TableName {
  /** Absent: found by the connection's search_path. */
  readonly schema?: string;
  readonly name: string;
}

/** Where a value comes from: the record, or the message around it. */
export type Source =
  | {
      readonly kind: "record";
      /** The path starts at the whole record, and not at the element of its array. */
      readonly root?: true;
      readonly path: Path;
      readonly text: string;
    }
  /** All that no other column reads. */
  | { readonly kind: "rest"; readonly text: string }
  | { readonly kind: "envelope"; readonly path: Path; readonly text: string }
  | {
      readonly kind: "message";
      readonly value:
        | "sent_at"
        | "message_id"
        | "receive_count"
        | "group_id"
        | "sequence_number"
        | "queue"
        | "run_id";
      readonly text: string;
    }
  | { readonly kind: "attribute"; readonly name: string; readonly text: string };

/** Converters that have a name. */
export type ConverterName =
  | "app-version"
  | "epoch-seconds"
  | "epoch-milliseconds"
  | "trim"
  | "lower"
  | "upper"
  | "semver-major"
  | "semver-minor"
  | "semver-patch";

/** What makes another value of a value before it is loaded. */
export type Converter = ConverterName | ((value: unknown) => unknown);

/** Each element of an array, in the place of an index. */
export const EACH: unique symbol = Symbol("each element");

/** Where something is within a value. */
export type InnerPath = readonly (string | number | typeof EACH)[];

export interface Column {
  readonly name: string;
  readonly from: Source;
  readonly type: ColumnType;
  readonly required: boolean;
  /** In the order in which they are applied; absent: none. */
  readonly convert?: readonly Converter[];
  /** What is loaded in the place of a value that is missing or null, in the form in which it goes to the loader. */
  readonly default?: PlainValue;
  /** A value that does not fit is loaded as NULL, with a warning. */
  readonly nullOnError?: true;
  /** What is taken out of the value, because other columns mask it (or, for `$rest`, read it). */
  readonly without?: readonly InnerPath[];
  readonly mask?: MaskSpec;
  /** Of the column of a randomised mask: this one is what that one is joined by. */
  readonly companionOf?: string;
}
