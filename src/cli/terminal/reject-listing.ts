import type { ListedRejects, RejectListing } from "../../rejects/list-rejects.js";
import { formatCount, formatMoment, plural } from "./format.js";
import { printable } from "./printable.js";
import { rejectLines } from "./reject-list.js";
import { sectionsText } from "./sections.js";
import type { Style } from "./style.js";
import { textWidth, wrap } from "./width.js";

interface RejectListingOptions {
  readonly style: Style;
  readonly columns: number;
}

/** Where open rejects are, in words; those that are dealt with are counted only. */
const OPEN = [
  { status: "quarantined", title: "Quarantined", note: "sealed: sqs2pg replay loads what fits now" },
  { status: "left", title: "Left on the queue", note: "unless the redrive policy has moved them since" },
] as const;

/** What `rejects` found. Ends in a newline. */
export function renderRejectListing(listing: RejectListing, options: RejectListingOptions): string {
  const { style, columns } = options;
  const { counts, queue, code } = listing;
  const width = textWidth(columns);
  const sentences = (text: string): string[] => wrap(printable(text), width);
  const which = `of ${queue ?? "any queue"}${code === null ? "" : ` with the code ${code}`}`;
  const closed = [
    ...(counts.replayed > 0 ? [`${formatCount(counts.replayed)} replayed`] : []),
    ...(counts.loaded > 0 ? [`${formatCount(counts.loaded)} loaded by a later delivery`] : []),
  ];
  const sections = OPEN.flatMap(({ status, title, note }) => {
    const groups = listing.groups.filter((group) => group.status === status);
    if (groups.length === 0) return [];
    const head = `${title}: ${plural(counts[status], "reject")}`;
    return [
      [...sentences(head).map(style.strong), ...sentences(note).map(style.secondary)],
      ...queuesOf(groups).map((name) => [
        ...(queue === null ? sentences(name) : []),
        ...rejectLines(groups.filter((group) => group.queue === name).map(entryOf), style, columns),
      ]),
    ];
  });
  const nothing = sections.length === 0 ? [sentences(`No open rejects ${which}`).map(style.success)] : [];
  const dealtWith = closed.length === 0 ? [] : [sentences(`Dealt with: ${closed.join(", ")}`)];
  return sectionsText([...nothing, ...sections, ...dealtWith]);
}

function queuesOf(groups: readonly ListedRejects[]): string[] {
  return [...new Set(groups.map(({ queue }) => queue))];
}

function entryOf(group: ListedRejects): Parameters<typeof rejectLines>[0][number] {
  const { count, code, field, reason, example_message_ids: ids } = group;
  const seen = `last seen ${formatMoment(new Date(group.last_seen))}`;
  return { count, code, field, messageId: ids[0] ?? "", reason: `${reason}; ${seen}` };
}
