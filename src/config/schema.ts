import { z } from "zod";
import type { Alphabet, MaskName, OnInvalid } from "../masking/index.js";
import { MASK_NAMES } from "../masking/index.js";
import { CONVERTER_NAMES } from "./convert.js";
import { ENCODINGS, ENVELOPES, type Encoding, type Envelope } from "./formats.js";
import type { ConverterName, Scalar } from "./pipeline.js";

/** A mask with its settings. */
export interface MaskConfig {
  readonly strategy: MaskName;
  readonly domain?: string | undefined;
  /** Masks with this key in the place of the first one. */
  readonly key_id?: string | undefined;
  /** `aes-siv`, `aes-gcm`, `sealed`, `token`: the most bytes of a value, by which the column's width is judged. */
  readonly max_bytes?: number | undefined;
  /** `aes-gcm`, `sealed`: a column of the table that gets the value's HMAC, to join by. */
  readonly companion?: string | undefined;
  /** `partial`: how many characters stay readable. */
  readonly keep_last?: number | undefined;
  /** `redact` */
  readonly replacement?: string | undefined;
  /** `ip-truncate`, `ip-prefix`: what becomes of what is no IP address. */
  readonly on_invalid?: OnInvalid | undefined;
  /** `ip-truncate`: leading bits that are kept. */
  readonly ipv4_prefix?: number | undefined;
  readonly ipv6_prefix?: number | undefined;
  /** `ff1` */
  readonly alphabet?: Alphabet | undefined;
}

export interface ColumnConfig {
  /** A path into the record such as `user.mails[0]`, or `$sent_at`, `$message_id`, `$attributes.NAME` and so on. */
  readonly from: string;
  /** As PostgreSQL spells it, such as `varchar(32)`. */
  readonly type: string;
  /** A missing or null value is a reject. */
  readonly required?: boolean | undefined;
  readonly mask?: MaskName | MaskConfig | undefined;
  /** Separates the outputs of a keyed mask; `from` unless it is set. */
  readonly domain?: string | undefined;
  /** What makes another value of it, in this order; functions only in a config that is a program. */
  readonly convert?: ConverterConfig | readonly ConverterConfig[] | undefined;
  /** Loaded where the value is missing or null, as it is: it is not masked. */
  readonly default?: unknown;
  /** `null`: a value that does not fit becomes NULL, with a warning. */
  readonly on_error?: "reject" | "null" | null | undefined;
}

/** A converter by its name, or one's own: what throws, or is not ready at once, makes a reject of its message. */
export type ConverterConfig = ConverterName | ((value: unknown) => unknown);

/** A pipeline as its author writes it, in YAML, JSON or code: the whole of a file that has one pipeline. */
export interface PipelineConfig {
  /** Name, URL or ARN; `--queue` and SQS2PG_QUEUE go before it. */
  readonly queue?: string | undefined;
  /** `name` or `schema.name`. */
  readonly table: string;
  /** The schema of the bookkeeping tables; `sqs2pg` unless it is set. */
  readonly schema?: string | undefined;
  readonly columns: Readonly<Record<string, ColumnConfig>>;
  /** What the body is wrapped in: `none` unless it is set. */
  readonly envelope?: Envelope | undefined;
  /** How the payload is written: `json` unless it is set. */
  readonly encoding?: Encoding | undefined;
  /** Path to an array in the body whose elements are the records. */
  readonly records?: string | undefined;
  /** By path, what the value there must be, or one of what: only records for which all hold are this pipeline's. */
  readonly match?: Readonly<Record<string, Scalar | readonly Scalar[]>> | undefined;
  /** Buckets from which payloads that were too large for SQS may be read. */
  readonly s3_buckets?: readonly string[] | undefined;
  /** Columns that have the same value in every row. A map or a list is JSON. */
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  /** The columns of a unique key of the table, for rows that come again. */
  readonly key?: string | readonly string[] | undefined;
  /** What becomes of a row whose key is in the table; `update`, where there is a key, unless it is set. */
  readonly on_conflict?: "ignore" | "update" | undefined;
  readonly pipelines?: undefined;
}

/** A pipeline of a file that has several. */
export type NamedPipelineConfig = Omit<PipelineConfig, "schema" | "pipelines"> & {
  readonly schema?: undefined;
};

/** Several pipelines, by their names. */
export interface PipelinesConfig {
  /** Of the pipelines that name none of their own; the same goes for what the queue's bodies are. */
  readonly queue?: string | undefined;
  readonly envelope?: Envelope | undefined;
  readonly encoding?: Encoding | undefined;
  readonly s3_buckets?: readonly string[] | undefined;
  /** The schema of the bookkeeping tables; `sqs2pg` unless it is set. */
  readonly schema?: string | undefined;
  readonly pipelines: Readonly<Record<string, NamedPipelineConfig>>;
  readonly table?: undefined;
  readonly columns?: undefined;
}

/** What a config file says, in either form. */
export type ConfigFile = PipelineConfig | PipelinesConfig;

/** Of an SQS message, and so of any value in it. */
const MOST_BYTES = 1024 * 1024;

/** What a setting that takes several kinds of values calls them; and what is to be said of `null`, if that is usual. */
export const WANTED: z.core.$ZodRegistry<{ readonly wanted: string; readonly ofNull?: string }> =
  z.registry();

const domainSchema = z
  .string()
  .min(1)
  .describe("Separates the outputs of a keyed mask; from, unless it is set.");

const maskNameSchema = z.enum(MASK_NAMES);

const maskSchema = z.strictObject({
  strategy: maskNameSchema.describe("The mask's name."),
  domain: domainSchema.optional(),
  key_id: z
    .string()
    .regex(/^[0-9a-f]{8}$/, "must be a key's id, 8 hex digits")
    .optional()
    .describe("Masks with the key of this id (8 hex digits) in the place of the first one."),
  max_bytes: z
    .int()
    .min(1)
    .max(MOST_BYTES)
    .optional()
    .describe(
      "aes-siv, aes-gcm, sealed, token: the most bytes of a value, by which the column's width is judged.",
    ),
  companion: z
    .string()
    .optional()
    .describe("aes-gcm, sealed: a column of the table that gets the value's HMAC, to join by."),
  keep_last: z.int().min(0).optional().describe("partial: how many characters at the end stay readable."),
  replacement: z.string().optional().describe("redact: the text that takes the place of every value."),
  on_invalid: z
    .enum(["reject", "null", "hmac"])
    .optional()
    .describe("ip-truncate, ip-prefix: what becomes of what is no IP address."),
  ipv4_prefix: z
    .int()
    .min(0)
    .max(32)
    .optional()
    .describe("ip-truncate: the leading bits of IPv4 that are kept."),
  ipv6_prefix: z
    .int()
    .min(0)
    .max(128)
    .optional()
    .describe("ip-truncate: the leading bits of IPv6 that are kept."),
  alphabet: z
    .enum(["digits", "lower-alphanumeric", "upper-alphanumeric", "alphanumeric"])
    .optional()
    .describe("ff1: the characters that values are made of."),
});

const converterSchema = z.union([
  z.enum(CONVERTER_NAMES),
  z.custom<(value: unknown) => unknown>((value) => typeof value === "function", {
    error: "must be a converter's name",
  }),
]);

const columnSchema = z
  .strictObject({
    from: z
      .string()
      .describe(
        "A path into the record, such as user.mails[0], or a value of the message, such as $sent_at or $attributes.NAME.",
      ),
    type: z.string().describe("The column's type as PostgreSQL spells it, such as varchar(32)."),
    required: z.boolean().optional().describe("A missing or null value is a reject."),
    mask: z
      .union([maskNameSchema, maskSchema])
      .register(WANTED, {
        wanted: "a mask's name or a map with its strategy",
        ofNull: 'write "null" in quotes to store NULL for every value, or leave the mask out',
      })
      .optional()
      .describe("How the value is masked: a mask's name, or a map with its strategy and its settings."),
    domain: domainSchema.optional(),
    convert: z
      .union([converterSchema, z.array(converterSchema)])
      .register(WANTED, { wanted: "a converter's name or a list of such" })
      .optional()
      .describe("Makes another value of it before it is loaded: one converter, or several in their order."),
    default: z
      .unknown()
      .optional()
      .describe("Loaded where the value is missing or null; it has to be one that the column takes."),
    on_error: z
      .union([z.enum(["reject", "null"]), z.null()])
      .register(WANTED, { wanted: "one of reject, null" })
      .optional()
      .describe("What becomes of a value that does not fit: reject, or null (NULL and a warning)."),
  })
  .describe("A column of the table: where its value comes from, and what becomes of it.");

const queueSchema = z.string().min(1);

const scalarSchema = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .register(WANTED, { wanted: "text, a number, true, false or null" });

/** How a pipeline finds its records in a body. */
const bodySettings = {
  envelope: z
    .enum(ENVELOPES)
    .optional()
    .describe("What is around the record: none, unless it is set; auto takes off what it recognises."),
  encoding: z.enum(ENCODINGS).optional().describe("How the payload is written: json, unless it is set."),
  records: z.string().optional().describe("Path to a list in the record: each of its elements is a record."),
  match: z
    .record(
      z.string(),
      z.union([scalarSchema, z.array(scalarSchema)]).register(WANTED, {
        wanted: "text, a number, true, false, null or a list of these",
      }),
    )
    .optional()
    .describe(
      "By path, the value that has to be there, or a list of which it has to be one: only records for which all hold are taken.",
    ),
  s3_buckets: z
    .array(z.string())
    .optional()
    .describe("Buckets from which payloads that were too large for SQS may be read."),
};

const pipelineObject = z.strictObject({
  queue: queueSchema
    .optional()
    .describe("The queue's name, URL or ARN. --queue and SQS2PG_QUEUE go before it."),
  table: z.string().describe("The table: name or schema.name."),
  schema: z.string().optional().describe("The schema of the bookkeeping tables; sqs2pg, unless it is set."),
  columns: z
    .record(z.string(), columnSchema)
    .describe("The table's columns that are loaded, by their names."),
  values: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Columns that have the same value in every row, and that value. A map or a list is JSON."),
  key: z
    .union([z.string(), z.array(z.string()).min(1)])
    .register(WANTED, { wanted: "a column's name or a list of them" })
    .optional()
    .describe("The columns of a unique key of the table, for rows that come again."),
  on_conflict: z
    .enum(["ignore", "update"])
    .optional()
    .describe("What becomes of a row whose key is in the table; update, unless it is set."),
  ...bodySettings,
  $schema: z.string().optional().describe("Where an editor finds the schema of this file."),
});

/**
 * The structure of a file with one pipeline: which keys, and what kind of value each takes. What a text in it means, and
 * what goes together, is checked by `parsePipeline`; this part is what a JSON Schema can say to an editor.
 */
export const pipelineSchema: z.ZodType<PipelineConfig> = pipelineObject;

/** The structure of a file with several. */
export const pipelinesSchema: z.ZodType<PipelinesConfig> = z.strictObject({
  queue: queueSchema
    .optional()
    .describe("The queue of those pipelines that name none: its name, URL or ARN. --queue goes before it."),
  envelope: pipelineObject.shape.envelope,
  encoding: pipelineObject.shape.encoding,
  s3_buckets: pipelineObject.shape.s3_buckets,
  schema: pipelineObject.shape.schema,
  $schema: pipelineObject.shape.$schema,
  pipelines: z
    .record(
      z.string(),
      pipelineObject
        .omit({ schema: true, $schema: true })
        .describe("A pipeline: a queue's records, into a table."),
    )
    .describe("Pipelines by their names. Those with the same queue are drained together."),
});
