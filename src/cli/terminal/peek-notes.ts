import type { PeekResult } from "../../drain/peek-result.js";
import { warningText } from "./drain-warnings.js";
import { noteBelow } from "./figures.js";
import { formatCount, plural } from "./format.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

const MOST_IDS = 10;

/** What stands under a peek: what wants a look, then what the peek itself has cost. */
export function peekNotes(result: PeekResult, style: Style, columns: number): string[] {
  const width = textWidth(columns);
  const shown = (text: string): string[] => wrap(text, width).map(style.attention);
  return [
    ...conversionNotes(result).flatMap(shown),
    ...redriveNotes(result).flatMap(shown),
    ...nearIds(result).flatMap((text) => noteBelow(printable(text), style, columns)),
    ...releaseNotes(result).flatMap(shown),
    ...(result.messages.length === 0 ? [] : wrap(costNote(result), width).map(style.secondary)),
  ];
}

function nearIds({ near_redrive: ids }: PeekResult): string[] {
  const left = ids.length - MOST_IDS;
  return [...ids.slice(0, MOST_IDS), ...(left > 0 ? [`and ${formatCount(left)} more`] : [])];
}

function conversionNotes({ messages }: PeekResult): string[] {
  const counts = new Map<string, number>();
  for (const { column, code } of messages.flatMap(({ warnings }) => warnings)) {
    const text = `${printable(column)}: ${warningText(code)}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${text} (${plural(count, "message")})`);
}

function redriveNotes({ near_redrive: ids, redrive_policy: policy }: PeekResult): string[] {
  if (ids.length === 0) return [];
  const queue = policy === null ? "the dead-letter queue" : deadLetterName(policy.deadLetterTargetArn);
  return [
    `${plural(ids.length, "message is", "messages are")} near the redrive limit: ` +
      `the next receive may move ${ids.length === 1 ? "it" : "them"} to ${queue}`,
  ];
}

/** The last part of `arn:aws:sqs:region:account:name`. */
function deadLetterName(arn: string): string {
  return printable(arn.split(":").at(-1) ?? arn);
}

function releaseNotes({ not_released: count }: PeekResult): string[] {
  if (count === 0) return [];
  const subject = count === 1 ? "it reappears when its" : "they reappear when their";
  return [`${plural(count, "message")} could not be given back at once: ${subject} visibility timeout ends`];
}

function costNote({ fifo, redrive_policy: policy }: PeekResult): string {
  const limit =
    policy === null
      ? ""
      : ` (after ${formatCount(policy.maxReceiveCount)} receives a message moves to ` +
        `${deadLetterName(policy.deadLetterTargetArn)})`;
  const group = fifo ? "; their message groups were held meanwhile" : "";
  return `Peeking raised the receive count of each message shown by 1${limit}${group}.`;
}
