import type { InitResult } from "../../init/init.js";
import type { LeftOut, Proposal, ProposedColumn } from "../../init/proposal.js";
import { keysText } from "../../init/write-pipeline.js";
import { borrowNotes } from "./borrow-notes.js";
import { plural } from "./format.js";
import { printable } from "./printable.js";
import { recordLines } from "./record-lines.js";
import { sectionsText } from "./sections.js";
import type { Style } from "./style.js";
import { type Align, type Cell, columnWidths, headRows, tableLines, tableWidth } from "./table.js";
import { textWidth, truncate, wrap } from "./width.js";

interface RenderOptions {
  readonly style: Style;
  readonly columns: number;
}

/** What `init` saw and proposes, for people: no value of any message. Ends in a newline. */
export function renderInit(result: InitResult, { style, columns }: RenderOptions): string {
  const { proposal, sample } = result;
  const { fifo, redrivePolicy } = sample.attributes;
  const costs = {
    doing: "Looking",
    messages: proposal.sample.messages,
    fifo,
    redrive_policy: redrivePolicy ?? null,
    not_released: sample.notReleased,
    near_redrive: sample.nearRedrive,
  };
  return sectionsText([
    headLines(result, style, columns),
    columnTable(proposal.columns, style, columns),
    leftOutLines(proposal.leftOut, style, columns),
    noteLines(result, style, columns),
    borrowNotes(costs, style, columns),
  ]);
}

function headLines({ proposal, sample, tableExists }: InitResult, style: Style, columns: number): string[] {
  const { table, form, records } = proposal;
  const { messages, records: count } = proposal.sample;
  const details = [
    ...(form.envelope === "none" ? [] : [`envelope ${form.envelope}`]),
    ...(form.encoding === "json" ? [] : [form.encoding]),
    ...(records === undefined ? [] : [`records in ${records}`]),
  ];
  const formText = details.length === 0 ? "" : ` (${details.join(", ")})`;
  const seen = `${plural(messages, "message")} looked at, ${plural(count, "record")} of one type${formText}`;
  const target = `${tableExists ? "columns of the table" : "columns for a new table"} ${table}`;
  return [
    ...wrap(printable(sample.queueName), columns).map(style.strong),
    ...wrap(printable(seen), columns),
    ...wrap(printable(target), columns),
  ];
}

const HEADS = ["column", "from", "type", "null", "looks like", "mask"];
const ALIGNS: readonly Align[] = ["left", "left", "left", "right", "left", "left"];
const FROM = 1;
const LOOKS_LIKE = 4;
/** What the values look like gives way first, down to this. */
const NARROWEST = 16;

/** Names and types are never cut: without room for them, `from` is left out, or each column is a record of lines. */
function columnTable(proposed: readonly ProposedColumn[], style: Style, columns: number): string[] {
  const rows = [HEADS.map((text): Cell => ({ text })), ...proposed.map((column) => cellsOf(column, style))];
  const natural = columnWidths(rows);
  const all = HEADS.map((_head, index) => index);
  for (const shown of [all, all.filter((index) => index !== FROM)]) {
    const others = tableWidth(shown.map((index) => (index === LOOKS_LIKE ? 0 : (natural[index] ?? 0))));
    const room = Math.min(columns - others, natural[LOOKS_LIKE] ?? 0);
    if (room < Math.min(NARROWEST, natural[LOOKS_LIKE] ?? 0)) continue;
    const cut = rows.map((cells) =>
      shown.map((index) =>
        withRoom(cells[index] ?? { text: "" }, index === LOOKS_LIKE ? room : undefined, style),
      ),
    );
    const [, ...body] = cut;
    const heads = shown.map((index) => HEADS[index] ?? "");
    return tableLines(
      [...headRows(heads, columnWidths(cut), style.rule, style.secondary), ...body],
      shown.map((index) => ALIGNS[index] ?? "left"),
    );
  }
  return rows
    .slice(1)
    .flatMap((cells, index) => [...(index === 0 ? [] : [""]), ...recordLines(HEADS, cells, style, columns)]);
}

function withRoom(cell: Cell, room: number | undefined, style: Style): Cell {
  return room === undefined ? cell : { ...cell, text: truncate(cell.text, room, style.ellipsis) };
}

function cellsOf({ name, from, type, nullShare, looksLike, mask }: ProposedColumn, style: Style): Cell[] {
  return [
    { text: printable(name) },
    { text: printable(from) },
    { text: type },
    { text: percent(nullShare), paint: style.secondary },
    { text: seenText(looksLike, mask?.reason) },
    mask === undefined ? { text: "" } : { text: mask.strategy, paint: style.attention },
  ];
}

/** What the values look like; for personal data why it is taken for that. */
function seenText(looksLike: string, reason: string | undefined): string {
  return printable(reason === undefined ? looksLike : reason.replace(/^looks like /, ""));
}

function percent(share: number): string {
  if (share === 0) return "0%";
  return share < 0.01 ? "<1%" : `${Math.floor(share * 100)}%`;
}

function leftOutLines(leftOut: readonly LeftOut[], style: Style, columns: number): string[] {
  if (leftOut.length === 0) return [];
  const width = textWidth(columns);
  return [
    `${plural(leftOut.length, "field is", "fields are")} left out`,
    ...leftOut.flatMap(({ from, reason }) =>
      wrap(printable(`${from}: ${reason}`), width - 2).map((line) => `  ${style.secondary(line)}`),
    ),
  ];
}

function noteLines({ proposal, unfilled }: InitResult, style: Style, columns: number): string[] {
  return [...sampleNotes(proposal), ...unfilledNotes(unfilled)].flatMap((text) =>
    wrap(printable(text), textWidth(columns)).map(style.attention),
  );
}

function sampleNotes({ sample }: Proposal): string[] {
  const { otherShapes, tellingKeys, unreadable, pointers, hasValueKeys } = sample;
  return [
    ...otherShapes.map(
      ({ records, keys }) =>
        `${plural(records, "record")} of another type (${keysText(keys)}) would be rejected, or loaded as far as they fit`,
    ),
    ...(tellingKeys.length === 0
      ? []
      : [`the types differ in ${tellingKeys.join(", ")}: match by it gives each its own pipeline`]),
    ...(unreadable === 0 ? [] : [`${plural(unreadable, "message")} could not be read as JSON of this form`]),
    ...(pointers === 0
      ? []
      : [
          `${plural(pointers, "message")} of those: pointers to payloads in S3, read where s3_buckets lists the bucket`,
        ]),
    ...(hasValueKeys ? ["keys that look like values were passed over"] : []),
  ];
}

function unfilledNotes(unfilled: InitResult["unfilled"]): string[] {
  const list = (names: readonly { readonly name: string }[]): string =>
    names.map(({ name }) => name).join(", ");
  const needed = unfilled.filter(({ needsValue }) => needsValue);
  return [
    ...(unfilled.length === 0 ? [] : [`nothing would be loaded into ${list(unfilled)}`]),
    ...(needed.length === 0 ? [] : [`the table refuses every row without ${list(needed)}`]),
  ];
}
