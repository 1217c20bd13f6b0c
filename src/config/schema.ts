import { z } from "zod";
import type { Alphabet, MaskName, OnInvalid } from "../masking/index.js";
import { MASK_NAMES } from "../masking/index.js";

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
  /** A dotted path into the record, or `$sent_at`, `$message_id`, `$attributes.NAME` and so on. */
  readonly from: string;
  /** As PostgreSQL spells it, such as `varchar(32)`. */
  readonly type: string;
  /** A missing or null value is a reject. */
  readonly required?: boolean | undefined;
  readonly mask?: MaskName | MaskConfig | undefined;
  /** Separates the outputs of a keyed mask; `from` unless it is set. */
  readonly domain?: string | undefined;
  readonly convert?: "app-version" | undefined;
}

/** A pipeline as its author writes it, in YAML, JSON or code. */
export interface PipelineConfig {
  /** Name, URL or ARN; `--queue` and SQS2PG_QUEUE go before it. */
  readonly queue?: string | undefined;
  /** `name` or `schema.name`. */
  readonly table: string;
  /** The schema of the bookkeeping tables; `sqs2pg` unless it is set. */
  readonly schema?: string | undefined;
  readonly columns: Readonly<Record<string, ColumnConfig>>;
}

/** Of an SQS message, and so of any value in it. */
const MOST_BYTES = 1024 * 1024;

const maskNameSchema = z.enum(MASK_NAMES);

const maskSchema = z.strictObject({
  strategy: maskNameSchema,
  domain: z.string().min(1).optional(),
  key_id: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional(),
  max_bytes: z.int().min(1).max(MOST_BYTES).optional(),
  companion: z.string().optional(),
  keep_last: z.int().min(0).optional(),
  replacement: z.string().optional(),
  on_invalid: z.enum(["reject", "null", "hmac"]).optional(),
  ipv4_prefix: z.int().min(0).max(32).optional(),
  ipv6_prefix: z.int().min(0).max(128).optional(),
  alphabet: z.enum(["digits", "lower-alphanumeric", "upper-alphanumeric", "alphanumeric"]).optional(),
});

const columnSchema = z.strictObject({
  from: z.string(),
  type: z.string(),
  required: z.boolean().optional(),
  mask: z.union([maskNameSchema, maskSchema]).optional(),
  domain: z.string().min(1).optional(),
  convert: z.enum(["app-version"]).optional(),
});

/**
 * The structure of a pipeline file: which keys, and what kind of value each takes. What a text in it means, and what
 * goes together, is checked by `parsePipeline`; this part is what a JSON Schema can say to an editor.
 */
export const pipelineSchema: z.ZodType<PipelineConfig> = z.strictObject({
  queue: z.string().min(1).optional(),
  table: z.string(),
  schema: z.string().optional(),
  columns: z.record(z.string(), columnSchema),
});

/** The keys of each object of a pipeline file, for suggestions. */
export const KNOWN_KEYS: Readonly<Record<"pipeline" | "column" | "mask", readonly string[]>> = {
  pipeline: ["queue", "table", "schema", "columns"],
  column: Object.keys(columnSchema.shape),
  mask: Object.keys(maskSchema.shape),
};
