import { Digits } from "../types/digits.js";
import { pathText } from "./path-text.js";
import type { ProposedColumn } from "./proposal.js";
import type { Field } from "./tree.js";

/** With fewer records, it is no wonder that all are different. */
const ENOUGH_RECORDS = 20;

/** The column of an id that every record has, each another one: what a later message could replace a row by. */
export function findKey(columns: readonly ProposedColumn[], fields: readonly Field[]): string | undefined {
  const texts = new Map(fields.map((field) => [pathText(field.path, field.outer), field]));
  return columns.find(({ from, mask, name }) => {
    const field = texts.get(from);
    if (field === undefined || field.outer === true || mask !== undefined) return false;
    if (!/(?:^|_)(?:u?u?id|key|number|no|nr|ref)$/.test(name) || field.total < ENOUGH_RECORDS) return false;
    return field.values.length === field.total && new Set(field.values.map(textOf)).size === field.total;
  })?.name;
}

function textOf(value: unknown): string {
  return value instanceof Digits ? value.text : String(value);
}
