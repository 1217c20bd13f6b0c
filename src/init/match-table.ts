import type { LayoutColumn } from "../loader/table-layout.js";
import type { LeftOut, Proposal, ProposedColumn } from "./proposal.js";

/** Of an HMAC in hex. */
const HMAC_LENGTH = 64;
const REDACTED_LENGTH = 10;

/** A proposal for a table that is there: its columns, found by their names. */
export interface Matched {
  readonly proposal: Proposal;
  /** Columns of the table that nothing is loaded into. */
  readonly unfilled: readonly Unfilled[];
}

interface Unfilled {
  readonly name: string;
  /** Without a value for it, the table refuses every row. */
  readonly needsValue: boolean;
}

/** Fits a proposal to the columns that a table has: their names and types hold; what has no column is left out. */
export function matchTable(proposal: Proposal, layout: readonly LayoutColumn[]): Matched {
  const usable = layout.filter(({ isGenerated }) => !isGenerated);
  const columns: ProposedColumn[] = [];
  const leftOut: LeftOut[] = [...proposal.leftOut];
  const filled = new Set<string>();
  for (const column of proposal.columns) {
    const target = usable.find(({ name }) => !filled.has(name) && isNamesake(name, column.name));
    const fitted = target === undefined ? undefined : fitTo(column, target);
    if (target !== undefined && fitted !== undefined) {
      filled.add(target.name);
      columns.push(fitted);
    } else if (!column.from.startsWith("$") || column.from.startsWith("$.")) {
      const reason = target === undefined ? "the table has no such column" : misfit(column, target);
      leftOut.push({ from: column.from, reason, nullShare: column.nullShare, looksLike: column.looksLike });
    }
  }
  const { key: _key, ...rest } = proposal;
  return {
    proposal: { ...rest, columns, leftOut },
    unfilled: usable.filter(({ name }) => !filled.has(name)),
  };
}

/** `maskedIp` and `masked_ip` are the column of `ip`. */
function isNamesake(one: string, other: string): boolean {
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "")
      .replace(/^masked/, "");
  return plain(one) === plain(other);
}

/** The column as the table has it; undefined where its type cannot take what is masked. */
function fitTo(column: ProposedColumn, { name, type, needsValue }: LayoutColumn): ProposedColumn | undefined {
  const { mask, convert, ...base } = column;
  const fitted = { ...base, name, type: shortType(type), required: column.required || needsValue };
  if (mask === undefined) {
    const isMoment = type === "date" || type.startsWith("timestamp");
    return convert !== undefined && isMoment ? { ...fitted, convert } : fitted;
  }
  if (type === "inet" && column.looksLike === "IP addresses") {
    return {
      ...fitted,
      mask: { ...mask, strategy: "ip-truncate", hint: "the column takes addresses; it keeps the network" },
    };
  }
  const room = roomOf(type);
  if (room >= HMAC_LENGTH) return { ...fitted, mask };
  if (room < REDACTED_LENGTH) return undefined;
  return { ...fitted, mask: { ...mask, strategy: "redact", hint: "the column is too narrow for an HMAC" } };
}

function misfit({ mask }: ProposedColumn, { name, type }: LayoutColumn): string {
  return `${mask?.reason ?? "it would not fit"}; column ${name} is ${type}, which takes no masked value`;
}

/** Characters that a column holds; 0 for one that holds no text. */
function roomOf(type: string): number {
  if (type === "text" || type === "character varying") return Number.POSITIVE_INFINITY;
  return Number(/^character varying\((\d+)\)$/.exec(type)?.[1] ?? 0);
}

/** As pipelines spell it. */
function shortType(type: string): string {
  if (type === "character varying") return "text";
  return type
    .replace(/^character varying/, "varchar")
    .replace(/^character\(/, "char(")
    .replace(/^timestamp(?:\(\d\))? with time zone/, "timestamptz")
    .replace(/^timestamp(?:\(\d\))? without time zone/, "timestamp")
    .replace(/^time(?:\(\d\))? without time zone/, "time");
}
