/** What a body is wrapped in; `auto` takes off what it recognises. */
export const ENVELOPES = ["none", "sns", "eventbridge", "auto"] as const;
export type Envelope = (typeof ENVELOPES)[number];

/** How the text of a payload is written. */
export const ENCODINGS = ["json", "base64", "gzip+base64"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How a pipeline reads a body: the same for all pipelines of a queue. */
export interface BodyFormat {
  readonly envelope: Envelope;
  readonly encoding: Encoding;
  /** Buckets from which large payloads may be read; none: a pointer to one is a reject. */
  readonly s3Buckets: readonly string[];
}

/** A JSON text as it stands. */
export const PLAIN_BODY: BodyFormat = { envelope: "none", encoding: "json", s3Buckets: [] };
