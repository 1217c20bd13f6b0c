import type { RedrivePolicy } from "../../fetcher/queue.js";
import { noteBelow } from "./figures.js";
import { formatCount, plural } from "./format.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

const MOST_IDS = 10;

/** What a look at messages has cost, and what may become of them. */
export interface BorrowCosts {
  /** What was done, to begin a sentence with: `Peeking`. */
  readonly doing: string;
  /** Messages that were looked at. */
  readonly messages: number;
  readonly fifo: boolean;
  readonly redrive_policy: RedrivePolicy | null;
  readonly not_released: number;
  readonly near_redrive: readonly string[];
}

/** What stands under a look at messages that were given back: what wants attention, then what it has cost. */
export function borrowNotes(costs: BorrowCosts, style: Style, columns: number): string[] {
  const width = textWidth(columns);
  const shown = (text: string): string[] => wrap(text, width).map(style.attention);
  return [
    ...redriveNotes(costs).flatMap(shown),
    ...nearIds(costs).flatMap((text) => noteBelow(printable(text), style, columns)),
    ...releaseNotes(costs).flatMap(shown),
    ...(costs.messages === 0 ? [] : wrap(costNote(costs), width).map(style.secondary)),
  ];
}

function nearIds({ near_redrive: ids }: BorrowCosts): string[] {
  const left = ids.length - MOST_IDS;
  return [...ids.slice(0, MOST_IDS), ...(left > 0 ? [`and ${formatCount(left)} more`] : [])];
}

function redriveNotes({ near_redrive: ids, redrive_policy: policy }: BorrowCosts): string[] {
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

function releaseNotes({ not_released: count }: BorrowCosts): string[] {
  if (count === 0) return [];
  const subject = count === 1 ? "it reappears when its" : "they reappear when their";
  return [`${plural(count, "message")} could not be given back at once: ${subject} visibility timeout ends`];
}

function costNote({ doing, fifo, redrive_policy: policy }: BorrowCosts): string {
  const limit =
    policy === null
      ? ""
      : ` (after ${formatCount(policy.maxReceiveCount)} receives a message moves to ` +
        `${deadLetterName(policy.deadLetterTargetArn)})`;
  const group = fifo ? "; their message groups were held meanwhile" : "";
  return `${doing} raised the receive count of each message shown by 1${limit}${group}.`;
}
