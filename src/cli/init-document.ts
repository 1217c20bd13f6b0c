import type { InitResult } from "../init/init.js";
import type { LeftOut, ProposedColumn } from "../init/proposal.js";

/** The files as texts, and which of them were written. */
export interface InitTexts {
  readonly pipeline: string;
  readonly migration: { readonly file: string; readonly text: string } | null;
  readonly written: readonly string[];
}

/** What `init --json` prints: all of the proposal, and no value of any message. */
export function initDocument(
  { proposal, sample, tableExists, unfilled }: InitResult,
  texts: InitTexts,
): unknown {
  const { form, records, sample: facts } = proposal;
  return {
    queue: sample.queueName,
    table: proposal.table,
    table_exists: tableExists,
    envelope: form.envelope,
    encoding: form.encoding,
    records: records ?? null,
    sample: {
      messages: facts.messages,
      records: facts.records,
      unreadable: facts.unreadable,
      s3_pointers: facts.pointers,
      other_types: facts.otherShapes.map(({ records: count, keys }) => ({ records: count, fields: keys })),
      types_differ_in: facts.tellingKeys,
      not_released: sample.notReleased,
      near_redrive: sample.nearRedrive,
    },
    columns: proposal.columns.map(columnDocument),
    left_out: proposal.leftOut.map(leftOutDocument),
    unfilled_columns: unfilled.map(({ name }) => name),
    ...texts,
  };
}

function columnDocument(column: ProposedColumn): unknown {
  const { name, from, type, required, convert, mask, nullShare, looksLike } = column;
  return {
    name,
    from,
    type,
    required,
    convert: convert ?? null,
    mask: mask?.strategy ?? null,
    mask_reason: mask?.reason ?? null,
    null_share: rounded(nullShare),
    looks_like: looksLike,
  };
}

function leftOutDocument({ from, reason, nullShare, looksLike }: LeftOut): unknown {
  return { from, reason, null_share: rounded(nullShare), looks_like: looksLike };
}

function rounded(share: number): number {
  return Math.round(share * 1_000) / 1_000;
}
