import { schemaLine } from "../config/login-yaml.js";
import type { LeftOut, Proposal, ProposedColumn, SampleFacts } from "./proposal.js";
import { yamlComment, yamlKey, yamlText } from "./yaml-text.js";

export interface PipelineTextOptions {
  /** Where editors find what may be said in the file. */
  readonly schemaUrl: string | undefined;
  /** `YYYY-MM-DD` */
  readonly day: string;
}

/** A proposal as the text of `sqs2pg.yaml`, with comments that say what was seen and why. It holds no value. */
export function writePipeline(proposal: Proposal, { schemaUrl, day }: PipelineTextOptions): string {
  const { queue, table, form, records, columns, leftOut, sample } = proposal;
  const lines = [
    ...(schemaUrl === undefined ? [] : [schemaLine(schemaUrl)]),
    ...yamlComment(
      `Proposed by sqs2pg init on ${day}, from ${countText(sample.messages, "message")} of the queue. ` +
        "It is yours to change; sqs2pg peek shows the rows that it makes.",
    ),
    ...sampleComments(sample),
    "",
    `queue: ${yamlText(queue)}`,
    `table: ${yamlText(table)}`,
    ...(form.envelope === "none" ? [] : [`envelope: ${form.envelope}`]),
    ...(form.encoding === "json" ? [] : [`encoding: ${yamlText(form.encoding)}`]),
    ...(records === undefined ? [] : [`records: ${yamlText(records)}`]),
    ...keyComments(proposal),
    "columns:",
    ...columns.flatMap(columnLines),
    ...leftOutLines(leftOut),
  ];
  return `${lines.join("\n")}\n`;
}

function sampleComments(sample: SampleFacts): string[] {
  const { unreadable, pointers, otherShapes, tellingKeys, hasValueKeys } = sample;
  const others = otherShapes.flatMap(({ records, keys }) =>
    yamlComment(
      `${countText(records, "record")} of another type (${keysText(keys)}) would be rejected, or loaded as far as they fit.`,
    ),
  );
  return [
    ...others,
    ...(tellingKeys.length === 0
      ? []
      : yamlComment(
          `The types differ in ${tellingKeys.join(", ")}: \`match\` by it takes one type, and another pipeline takes the other. With the value of the type of these columns:`,
        ).concat(`# match: { ${yamlText(tellingKeys[0] ?? "")}: ... }`)),
    ...(unreadable === 0
      ? []
      : yamlComment(`${countText(unreadable, "message")} could not be read as JSON of this form.`)),
    ...(pointers === 0
      ? []
      : yamlComment(
          `${countText(pointers, "message")} of those: pointers to payloads in S3, read where \`s3_buckets\` lists the bucket.`,
        )),
    ...(hasValueKeys ? yamlComment("Keys that look like values were passed over.") : []),
  ];
}

/** Not proposed as a setting: whether a later message replaces a row is not for a sample to say. */
function keyComments({ key }: Proposal): string[] {
  if (key === undefined) return [];
  return [
    ...yamlComment(
      `${key} was different in every record. With \`key\` and a unique constraint on it, a later message would replace the row of an earlier one:`,
    ),
    `# key: ${yamlText(key)}`,
  ];
}

/** Names of fields, a few of them. */
export function keysText(keys: readonly string[]): string {
  const shown = keys.slice(0, 6).join(", ");
  if (keys.length === 0) return "no fields";
  return keys.length > 6 ? `${shown} and ${keys.length - 6} more` : shown;
}

function columnLines(column: ProposedColumn): string[] {
  const { name, from, type, required, convert, mask } = column;
  const settings = [
    `from: ${yamlText(from)}`,
    `type: ${yamlText(type)}`,
    ...(required && !from.startsWith("$sent") && !from.startsWith("$message") ? ["required: true"] : []),
    ...(convert === undefined ? [] : [`convert: ${convert}`]),
    ...(mask === undefined ? [] : [`mask: ${mask.strategy}`]),
  ];
  return [
    ...(mask === undefined ? [] : yamlComment(`${mask.reason}; ${mask.hint}`, "  ")),
    `  ${yamlKey(name)}: { ${settings.join(", ")} }`,
  ];
}

function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  return leftOut.flatMap(({ from, reason }) => yamlComment(`${from} is left out: ${reason}`, "  "));
}

function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
