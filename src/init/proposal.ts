import type { ChosenForm } from "./body-form.js";

/** A mask that is proposed, and why. */
export interface ProposedMask {
  readonly strategy: "hmac-sha256" | "redact" | "ip-truncate";
  /** Such as `looks like e-mail addresses in 98 of 100`. */
  readonly reason: string;
  /** What it does, or what else would do. */
  readonly hint: string;
}

/** A column that the pipeline is to have. It holds no value of any record. */
export interface ProposedColumn {
  readonly name: string;
  /** As the pipeline has it: a path, or `$sent_at`. */
  readonly from: string;
  /** As PostgreSQL spells it. */
  readonly type: string;
  readonly required: boolean;
  readonly convert?: "epoch-seconds" | "epoch-milliseconds";
  readonly mask?: ProposedMask;
  /** Of the records, how many have no value here: 0 to 1. */
  readonly nullShare: number;
  readonly looksLike: string;
}

/** A field that no column is proposed for. */
export interface LeftOut {
  readonly from: string;
  readonly reason: string;
  readonly nullShare: number;
  readonly looksLike: string;
}

/** Records of another type than most: they would be rejected. */
export interface OtherShape {
  readonly records: number;
  readonly keys: readonly string[];
}

/** What the sample was made of. */
export interface SampleFacts {
  readonly messages: number;
  /** Records of the main type. */
  readonly records: number;
  /** Messages that hold no JSON objects, or in another form than most. */
  readonly unreadable: number;
  /** Of those, pointers to payloads in S3. */
  readonly pointers: number;
  readonly otherShapes: readonly OtherShape[];
  /** Fields by whose value the types can be told apart. */
  readonly tellingKeys: readonly string[];
  /** Records have keys that look like values: those are not shown. */
  readonly hasValueKeys: boolean;
}

/** All that `init` proposes, before it is written down. */
export interface Proposal {
  readonly queue: string;
  readonly table: string;
  readonly form: ChosenForm;
  /** The path of the array that holds the records. */
  readonly records?: string;
  /** A column that could be the table's key: it was different in every record. */
  readonly key?: string;
  readonly columns: readonly ProposedColumn[];
  readonly leftOut: readonly LeftOut[];
  readonly sample: SampleFacts;
}
