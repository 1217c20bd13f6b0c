import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Connection, connect } from "../../../src/loader/connection.js";
import { assigned, elementType } from "../../../src/loader/element-type.js";
import type { CatalogType } from "../../../src/loader/target-check/facts.js";
import { readFacts } from "../../../src/loader/target-check/read-facts.js";
import { textWidth } from "../../../src/loader/target-check/text-width.js";
import { typeFit } from "../../../src/loader/target-check/type-fit.js";
import type { ColumnType, ScalarType } from "../../../src/types/column-type.js";
import { parseColumnType, SCALAR_TYPES, typeText } from "../../../src/types/column-type.js";
import { useDatabase } from "../../support/database.js";
import { examplesOf } from "./type-examples.js";

const database = useDatabase({
  prepare: async (url) => {
    const { knex, close } = connect({ url, env: {} }, { poolSize: 1 });
    await knex.raw(`create type mood as enum ('sad', 'happy'); create type pair as (a text, b text);
      create domain short as varchar(5); create domain shorter as short; create domain tags as text[]`);
    await close();
  },
});
let connection: Connection;
beforeAll(() => {
  connection = connect({ url: database.url, env: {} }, { poolSize: 1 });
});
afterAll(() => connection.close());

const ours = (text: string): ColumnType => {
  const read = parseColumnType(text);
  if ("problem" in read) throw new Error(read.problem);
  return read.value;
};

let tables = 0;

/** A table with one column; its name, and the type as the catalogue has it. */
async function tableOf(type: string): Promise<{ name: string; found: CatalogType }> {
  tables += 1;
  const name = `table_${tables}`;
  await database.query(`create table ${name} (value ${type})`);
  const { tables: found } = await readFacts(connection.knex, [{ name }]);
  return { name, found: found[0]?.columns[0]?.type as CatalogType };
}

/** What the values of a type are compared as. */
function comparable({ name }: ScalarType): string {
  switch (name) {
    case "varchar":
    case "char":
    case "json":
      return "text";
    case "smallint":
    case "integer":
    case "bigint":
      return "numeric";
    default:
      return name;
  }
}

/** Whether the server takes a value as the loader passes it, and has the same in the end. */
async function isKept(value: string, type: ColumnType, table: string, found: CatalogType): Promise<boolean> {
  const as = type.name === "array" ? `${comparable(type.element)}[]` : comparable(type);
  // What char pads nobody can tell.
  const isPadded = found.name === "character" && as === "text";
  const given = isPadded ? "rtrim($1::text, ' ')" : `$1::text::${as}`;
  const read = found.name === "money" ? "value::numeric" : "value";
  try {
    const [row] = await database.query<{ same: boolean }>(
      `insert into ${table} select ${assigned("c1", type)} from unnest(array[$1::text]::${elementType({ name: "", type })}[]) as t(c1)
       returning ${read}::text::${as} is not distinct from ${given} as same`,
      [value],
    );
    return row?.same === true;
  } catch {
    return false;
  }
}

function valuesOf(type: ColumnType): readonly string[] {
  if (type.name !== "array") return examplesOf(type);
  const quoted = examplesOf(type.element).map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`);
  return [
    "{}",
    "{NULL}",
    ...quoted.map((text) => `{${text}}`),
    `{${Array(5).fill(quoted).flat().join(",")}}`,
  ];
}

/** All is kept where the types fit; else something is not. The session's time zone is UTC. */
async function expectTruth(type: ColumnType, table: string, found: CatalogType): Promise<void> {
  const fit = typeFit(type, found);
  const isFine = fit === "fits" || fit === "zone";
  const lost: string[] = [];
  for (const value of valuesOf(type)) {
    if (await isKept(value, type, table, found)) continue;
    lost.push(value.slice(0, 40));
    if (!isFine) return;
  }
  // Few of their values are not kept, so that the examples need have none of them.
  const isRare = type.name === "numeric" && (type.scale ?? 0) < 0 && /^(real|double)/.test(found.name);
  if (isRare && !isFine) return;
  const pair = `${typeText(type)} into ${found.text}: ${fit}`;
  expect({ pair, lost }).toEqual({ pair, lost: isFine ? [] : [expect.anything()] });
}

const OURS = [
  ...SCALAR_TYPES.filter((name) => name !== "varchar" && name !== "char"),
  ...[
    "varchar(3)",
    "varchar(20)",
    "char(5)",
    "numeric(4,0)",
    "numeric(10,2)",
    "numeric(3,-2)",
    "numeric(4,6)",
  ],
  ...["text[]", "varchar(20)[]", "integer[]", "numeric(10,2)[]", "timestamptz[]", "jsonb[]", "bytea[]"],
];
const THEIRS = [
  ...["text", "varchar(5)", "varchar(20)", "varchar(64)", "varchar", "char(5)", "char(60)", "bpchar", "name"],
  ...['"char"', "smallint", "integer", "bigint", "numeric", "numeric(10,2)", "numeric(5,0)", "numeric(3,-2)"],
  ...["numeric(4,6)", "real", "double precision", "money", "boolean", "uuid", "date", "timestamp"],
  ...["timestamptz", "time", "timetz", "interval", "interval year to month", "json", "jsonb", "inet", "cidr"],
  ...["bytea", "macaddr", "xml", "point", "int4range", "oid", "bit(8)", "mood", "pair", "short", "shorter"],
  ...["tags", "text[]", "varchar(5)[]", "integer[]", "bigint[]", "shorter[]", "numeric(10,1)[]", "mood[]"],
  ...["timestamptz[]", "jsonb[]", "bytea[]"],
];

test.each(THEIRS)(
  "what the check says of each type into %s is what the server does",
  async (type) => {
    const { name, found } = await tableOf(type);
    for (const text of OURS) await expectTruth(ours(text), name, found);
  },
  60_000,
);

/** Of 7 digits in a real, and of 16 in a double, it depends on where the point is: such types are refused as well. */
const precision = fc.integer({ min: 1, max: 20 }).filter((count) => count !== 7 && count !== 16);
const digits = fc
  .tuple(precision, fc.integer({ min: -5, max: 25 }))
  .map(([count, scale]) => `numeric(${count},${scale})`);
const limited = fc.oneof(
  digits,
  fc.integer({ min: 1, max: 30 }).map((length) => `varchar(${length})`),
  fc.integer({ min: 1, max: 30 }).map((length) => `char(${length})`),
  fc.constantFrom("smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "uuid"),
);
const theirs = fc.oneof(limited, fc.constantFrom("money", "name", "text", "numeric"));

test("the same for numbers and texts of any width", async () => {
  await fc.assert(
    fc.asyncProperty(limited, theirs, async (text, type) => {
      const { name, found } = await tableOf(type);
      await expectTruth(ours(text), name, found);
      await database.query(`drop table ${name}`);
    }),
    { numRuns: 300 },
  );
}, 120_000);

test("numbers and the like are told by the character whether a text is too narrow for them", async () => {
  const names = [
    "smallint",
    "integer",
    "bigint",
    "real",
    "double precision",
    "boolean",
    "uuid",
    "date",
    "inet",
  ];
  const types = [...names, "numeric(1,0)", "numeric(3,-2)", "numeric(4,4)", "numeric(4,6)", "numeric(10,2)"];
  for (const text of types) {
    const type = ours(text);
    const width = type.name === "array" ? 0 : textWidth(type);
    for (const length of [width, width - 1]) {
      const { name, found } = await tableOf(`varchar(${length})`);
      expect([text, typeFit(type, found)]).toEqual([text, length === width ? "fits" : "narrow"]);
      await expectTruth(type, name, found);
    }
  }
});

test("fractions of a second are rounded to those of the column, which nothing in a pipeline could prevent", async () => {
  for (const type of ["timestamptz(0)", "timestamp(3)", "time(0)", "interval(2)"]) {
    const { found } = await tableOf(type);
    expect(typeFit(ours(found.name), found)).toBe("fits");
  }
});
