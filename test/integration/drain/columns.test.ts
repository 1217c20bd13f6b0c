import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { test } from "../../support/bench.js";

const COLUMNS = `table: orders
columns:
  id:       { from: id, type: bigint, required: true }
  customer: { from: 'customer["e-mail"]', type: text, convert: [trim, lower], mask: partial }
  about:    { from: customer, type: jsonb }
  total:    { from: total, type: "numeric(30,4)" }
  weight:   { from: weight, type: real, on_error: null }
  currency: { from: currency, type: char(3), convert: upper, default: EUR }
  first:    { from: "items[0].sku", type: text }
  last:     { from: "items[-1].sku", type: text }
  tags:     { from: tags, type: "varchar(16)[]" }
  days:     { from: days, type: "date[]", default: [] }
  paid_at:  { from: paid, type: timestamp, convert: epoch-milliseconds, on_error: null }
  opens:    { from: opens, type: time }
  lasts:    { from: lasts, type: interval }
  ref:      { from: ref, type: uuid }
  net:      { from: net, type: cidr }
  raw:      { from: raw, type: bytea }
  major:    { from: version, type: smallint, convert: semver-major }
  rest:     { from: $rest, type: jsonb }
`;
const CREATE = `create table orders (id bigint, customer text, about jsonb, total numeric(30,4), weight real, currency char(3),
  first text, last text, tags varchar(16)[], days date[], paid_at timestamp(3), opens time, lasts interval, ref uuid, net cidr,
  raw bytea, major smallint, rest jsonb)`;

const FULL = `{"id":9223372036854775807,"customer":{"e-mail":" Ann@Example.ORG ","tier":"gold"},"total":12345678901234567890.1234,
  "weight":1.5,"currency":"chf","items":[{"sku":"a","n":1},{"sku":"z"}],"tags":["x","with \\"quotes\\"",null,"{}"],
  "days":["2024-02-29"],"paid":1694649599123,"opens":"08:30","lasts":"P1DT2H","ref":"{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}",
  "net":"10.0.0.0/8","raw":"aGk=","version":"v2.1.0","extra":{"n":1e30,"big":12345678901234567890123}}`;

describe.concurrent("a drain", () => {
  test("loads columns of all kinds, and counts what became NULL", async ({ queue, database, drain }) => {
    const folder = await mkdtemp(join(tmpdir(), "columns-"));
    const config = join(folder, "orders.yaml");
    await writeFile(config, COLUMNS);
    await database.query(CREATE);
    queue.send([
      FULL,
      '{"id":1,"weight":1e99,"paid":"soon","version":"two","new":"field"}',
      '{"id":2,"tags":["much longer than 16"]}',
    ]);
    const { report } = await drain(["--config", config]);
    await rm(folder, { recursive: true });
    expect(report).toMatchObject({
      loaded: 2,
      rejected: 1,
      rejects: [{ code: "too_long", field: "tags", count: 1 }],
      warnings: {
        weight: { out_of_range: 1 },
        paid_at: { wrong_type: 1 },
        major: { not_convertible: 1 },
      },
    });
    const [small, full] = await database.query(
      "select id::text, to_jsonb(orders) - 'id' as columns, total::text, rest::text from orders order by orders.id",
    );
    expect(full).toEqual({
      id: "9223372036854775807",
      total: "12345678901234567890.1234",
      rest: '{"extra": {"n": 1000000000000000000000000000000, "big": 12345678901234567890123}, "items": [{"n": 1}, {}]}',
      columns: expect.objectContaining({
        customer: "***********.org",
        about: { tier: "gold" },
        weight: 1.5,
        currency: "CHF",
        first: "a",
        last: "z",
        tags: ["x", 'with "quotes"', null, "{}"],
        days: ["2024-02-29"],
        paid_at: "2023-09-13T23:59:59.123",
        opens: "08:30:00",
        lasts: "1 day 02:00:00",
        ref: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        net: "10.0.0.0/8",
        raw: "\\x6869",
        major: 2,
      }),
    });
    expect(small).toMatchObject({
      columns: {
        currency: "EUR",
        days: [],
        tags: null,
        weight: null,
        paid_at: null,
        major: null,
        rest: { new: "field" },
      },
    });
  });
});
