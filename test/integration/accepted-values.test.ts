import fc from "fast-check";
import { expect, test } from "vitest";
import { shapeOf } from "../../src/transform/shape.js";
import { useDatabase } from "../support/database.js";
import { message, oneColumn } from "../unit/transform/support.js";

const database = useDatabase();

const digits = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((number) => String(number).padStart(2, "0"));
const day = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 9999 }), digits(0, 13), digits(0, 32))
    .map(([year, month, date]) => `${String(year).padStart(4, "0")}-${month}-${date}`),
  fc.constantFrom("0001-01-01", "9999-12-31", "2000-02-29", "1900-02-28"),
);
const time = fc
  .tuple(
    digits(0, 24),
    digits(0, 60),
    fc.option(digits(0, 60), { nil: undefined }),
    fc.constantFrom("", ".1", ".999999999"),
  )
  .map(
    ([hour, minute, second, fraction]) =>
      `${hour}:${minute}${second === undefined ? "" : `:${second}${fraction}`}`,
  );
const offset = fc.oneof(
  fc.constantFrom("Z", "z", "+00", "-00:00", "+15:59", "-15:59", "-1559"),
  fc
    .tuple(fc.constantFrom("+", "-"), digits(0, 16), digits(0, 60))
    .map(([sign, hour, minute]) => `${sign}${hour}:${minute}`),
);
const timestamp = fc.tuple(day, fc.constantFrom("T", "t", " "), time, offset).map((parts) => parts.join(""));
const whole = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(32767, -32768, 2147483647, -2147483648),
);
const text = fc.string({ unit: "binary", maxLength: 6 });

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4Extended(),
  fc.constantFrom("::ffff:1.2.3.4", "::1.2.3.4", "::"),
);
const inet = fc.oneof(
  address,
  fc.tuple(address, fc.integer({ min: 0, max: 140 })).map(([host, bits]) => `${host}/${bits}`),
  fc.tuple(address, fc.constantFrom("/", "%eth0", "/08", "/24/8", " ")).map(([host, tail]) => host + tail),
);
/** Types whose values PostgreSQL writes in a form of its own. */
const NORMALISED: ReadonlySet<string> = new Set(["timestamptz", "inet"]);

/** Stores what a column accepts of some candidates, and reads it back. */
async function roundTrip(type: string, candidates: readonly unknown[]): Promise<void> {
  const transform = oneColumn({ type });
  const accepted: unknown[] = [];
  for (const candidate of candidates) {
    const outcome = transform(message(JSON.stringify({ value: candidate })));
    if ("rows" in outcome) accepted.push(outcome.rows[0]?.values[0]);
  }
  expect(accepted.length).toBeGreaterThan(20);
  await database.query(`create table "${type}" (at serial, value ${type})`);
  await database.query(
    `insert into "${type}" (value) select * from unnest($1::${type.replace(/\(.*/, "")}[])`,
    [accepted],
  );
  const rows = await database.query<{ value: string }>(`select value::text from "${type}" order by at`);
  expect(rows).toHaveLength(accepted.length);
  for (const [index, { value }] of rows.entries()) {
    if (!NORMALISED.has(type)) expect(value).toBe(String(accepted[index]));
  }
}

test.each<[type: string, candidates: fc.Arbitrary<unknown>]>([
  ["smallint", fc.oneof(whole, fc.integer({ min: -32768, max: 32767 }))],
  ["integer", whole],
  ["bigint", whole],
  ["boolean", fc.boolean()],
  [
    "date",
    fc.oneof(
      day,
      fc
        .date({
          noInvalidDate: true,
          min: new Date("0001-01-01T00:00:00Z"),
          max: new Date("9999-12-31T00:00:00Z"),
        })
        .map((date) => date.toISOString().slice(0, 10)),
    ),
  ],
  ["timestamptz", timestamp],
  ["inet", inet],
  ["text", text],
  ["varchar(3)", text],
])("what a column of type %s accepts, PostgreSQL stores as it is", async (type, candidates) => {
  await roundTrip(type, fc.sample(candidates, 3000));
});

test("every shape can be stored as jsonb and comes back the same", async () => {
  const bodies = fc.sample(
    fc.oneof(
      fc.json({ stringUnit: "binary" }),
      fc
        .dictionary(fc.string({ unit: "binary" }), fc.anything())
        .map((value) => JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? 1 : inner))),
      fc.string({ unit: "binary" }),
    ),
    1000,
  );
  const shapes = bodies.map((body) => shapeOf(body));
  const texts = shapes.map((shape) => JSON.stringify(shape));
  const rows = await database.query<{ shape: unknown }>(
    "select t.shape from unnest($1::jsonb[]) with ordinality as t(shape, at) order by at",
    [texts],
  );
  expect(rows.map(({ shape }) => JSON.stringify(sorted(shape)))).toEqual(
    shapes.map((shape) => JSON.stringify(sorted(shape))),
  );
});

/** jsonb keeps no order of keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
