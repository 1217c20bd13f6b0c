import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { createFirstStatement } from "../../../src/loader/first-statement.js";
import { createLoadStatement } from "../../../src/loader/statement.js";
import type { PlainValue } from "../../../src/row.js";
import type { ColumnType } from "../../../src/types/column-type.js";
import { parseColumnType } from "../../../src/types/column-type.js";
import type { TestDatabase } from "../../support/database.js";
import { message, oneColumn } from "../../unit/transform/support.js";

/** What a column makes of a JSON text. */
export interface Verdict {
  readonly json: string;
  /** The value that is passed, or the code of the reject. */
  readonly cell: PlainValue | undefined;
  readonly code: string | undefined;
}

/** What a column of a type makes of JSON texts. */
export function verdictsOn(type: string, texts: readonly string[]): Verdict[] {
  const transform = oneColumn({ type });
  return texts.map((json) => {
    const outcome = transform(message(`{"value":${json}}`));
    if ("reject" in outcome) return { json, cell: undefined, code: outcome.reject.code };
    const [value = null] = outcome.rows[0]?.values ?? [];
    if (typeof value === "object" && value !== null) throw new Error("a token without a mask");
    return { json, cell: value, code: undefined };
  });
}

/** Loads values by each of the statements that a drain loads with, and reads them back as texts. */
export async function stored(
  database: TestDatabase,
  type: string,
  cells: readonly PlainValue[],
): Promise<(string | null)[]> {
  const table = `t_${randomUUID().replaceAll("-", "")}`;
  await database.query(`create table ${table} (place serial, value ${type})`);
  const targets = [{ table: { name: table }, columns: [{ name: "value", type: typeOf(type) }] }];
  const statements = [createLoadStatement(targets, "sqs2pg"), createFirstStatement(targets, "sqs2pg")];
  for (const statement of statements) {
    if (statement === undefined) throw new Error("rows that only go in");
    let place = 0;
    await database.query(
      statement.sql.replace(/\?/g, () => `$${++place}`),
      statement.bindings({
        runId: randomUUID(),
        stamp: "2026-01-01T00:00:00Z",
        messages: cells.map((cell) => ({
          messageId: randomUUID(),
          sentAtMs: 1,
          receiveCount: 1,
          rows: [{ target: 0, values: [cell] }],
        })),
      }),
    );
  }
  const rows = await database.query<{ value: string | null }>(
    `select value::text as value from ${table} order by place`,
  );
  const values = rows.map(({ value }) => value);
  expect(values.slice(cells.length)).toEqual(values.slice(0, cells.length));
  return values.slice(0, cells.length);
}

/** Which texts the server takes as input of a type. */
export async function takenByServer(
  database: TestDatabase,
  type: string,
  texts: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ text: string }>(
    "select text from unnest($1::text[]) as t(text) where pg_input_is_valid(text, $2)",
    [texts, type],
  );
  return new Set(rows.map(({ text }) => text));
}

/** Those of the texts that the server reads as something else than what was stored for them, if it reads them at all. */
export async function readOtherwise(
  database: TestDatabase,
  type: string,
  given: readonly unknown[],
  back: readonly (string | null)[],
): Promise<unknown[]> {
  return database.query(
    `select given, back from unnest($1::text[], $2::text[]) as t(given, back)
     where pg_input_is_valid(given, $3) and (case when pg_input_is_valid(given, $3) then given end)::${type}::text <> back
     limit 5`,
    [given, back, type],
  );
}

export function typeOf(text: string): ColumnType {
  const type = parseColumnType(text);
  if ("problem" in type) throw new Error(type.problem);
  return type.value;
}
