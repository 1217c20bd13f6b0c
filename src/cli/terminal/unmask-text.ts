import { csvCell } from "../../masked-data/unmask-csv-format.js";
import type { UnmaskedRow } from "../../masked-data/unmask-rows.js";
import type { UnmaskedValue } from "../../masked-data/unmask-values.js";
import type { PlainValue } from "../../row.js";
import { printable } from "./printable.js";

interface TextOptions {
  /** For somebody to look at: then it holds nothing that a terminal would obey. */
  readonly isTty: boolean;
}

/**
 * A line for each value. NULL and what could not be unmasked are empty lines, so that the lines correspond to those that
 * were given; a value with a line break in it is written as JSON for the same reason.
 */
export function valueLines(page: readonly UnmaskedValue[], { isTty }: TextOptions): string {
  return page.map(({ value }) => `${lineOf(value ?? "", isTty)}\n`).join("");
}

function lineOf(value: string, isTty: boolean): string {
  const line = /[\r\n]/.test(value) ? JSON.stringify(value) : value;
  return isTty ? printable(line) : line;
}

/** The header row of rows as CSV. */
export function rowHeader(names: readonly string[], { isTty }: TextOptions): string {
  return `${names.map((name) => cellOf(name, isTty)).join(",")}\n`;
}

/** Rows as CSV: NULL is an empty cell, and an empty text has quotes, as PostgreSQL writes it. */
export function rowLines(page: readonly UnmaskedRow[], { isTty }: TextOptions): string {
  return page.map(({ values }) => `${values.map((value) => cellOf(value, isTty)).join(",")}\n`).join("");
}

function cellOf(value: PlainValue, isTty: boolean): string {
  if (value === null) return "";
  return csvCell(isTty ? printable(String(value)) : String(value));
}
