import { quoted } from "../quoted.js";
import { type BodyFormat, ENCODINGS, ENVELOPES, PLAIN_BODY } from "./formats.js";
import { pathText } from "./path-text.js";
import type { Column, Match } from "./pipeline.js";
import type { Note, RawMap } from "./reading.js";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!xn--)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/;

/** Reads how bodies are wrapped and written; the structure check has noted what is no such setting. */
export function readBodyFormat(file: RawMap, note: Note): BodyFormat {
  const envelope = ENVELOPES.find((name) => name === file["envelope"]);
  const encoding = ENCODINGS.find((name) => name === file["encoding"]);
  return {
    envelope: envelope ?? PLAIN_BODY.envelope,
    encoding: encoding ?? PLAIN_BODY.encoding,
    s3Buckets: readBuckets(file["s3_buckets"], note),
  };
}

function readBuckets(raw: unknown, note: Note): readonly string[] {
  if (!Array.isArray(raw)) return [];
  const names = raw.filter((name): name is string => typeof name === "string");
  if (raw.length === 0) note("s3_buckets", "needs at least one bucket, or leave it out");
  for (const [index, name] of names.entries()) {
    if (!BUCKET_NAME.test(name)) note(`s3_buckets.${index}`, `${quoted(name)} is no name of a bucket`);
    if (names.indexOf(name) < index) note(`s3_buckets.${index}`, `${name} is listed twice`);
  }
  return names;
}

/** Without an envelope there is nothing at its paths: the column would be NULL for ever. */
export function noteEnvelopePaths(
  readers: readonly (Pick<Column, "name" | "from"> | Pick<Match, "from">)[],
  { envelope }: BodyFormat,
  note: Note,
): void {
  if (envelope !== "none") return;
  for (const reader of readers) {
    if (reader.from.kind !== "envelope") continue;
    const path = "name" in reader ? ["columns", reader.name, "from"] : ["match", reader.from.text];
    note(pathText(path), `${reader.from.text} needs an envelope: set envelope to sns, eventbridge or auto`);
  }
}
