import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readYaml } from "../../../src/config/read-yaml.js";
import type { Proposal, ProposedColumn } from "../../../src/init/proposal.js";
import { propose } from "../../../src/init/propose.js";
import { migrationEnding, migrationName, writeMigration } from "../../../src/init/write-migration.js";
import { writePipeline } from "../../../src/init/write-pipeline.js";

const OPTIONS = { schemaUrl: "https://example.com/schema.json", day: "2026-06-01" };

const names = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
  fc.constantFrom(
    "yes",
    "no",
    "null",
    "on",
    "~",
    "1",
    "a: b",
    "# a",
    "a]",
    "{",
    "'",
    '"',
    "a\nb",
    "*/",
    "select",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the form of variables
    "${A}",
    "$${",
    "$",
  ),
);

const columns: fc.Arbitrary<ProposedColumn> = fc.record(
  {
    name: names,
    from: names,
    type: fc.constantFrom("text", "varchar(64)", "numeric(12,2)", "double precision", "text[]"),
    required: fc.boolean(),
    nullShare: fc.constant(0),
    looksLike: fc.constant("texts"),
    mask: fc.record({ strategy: fc.constantFrom("hmac-sha256", "redact"), reason: names, hint: names }),
    convert: fc.constantFrom("epoch-seconds", "epoch-milliseconds"),
  },
  { requiredKeys: ["name", "from", "type", "required", "nullShare", "looksLike"] },
);

const proposals: fc.Arbitrary<Proposal> = fc.record({
  queue: names,
  table: names,
  form: fc.constant({ envelope: "sns" as const, encoding: "gzip+base64" as const }),
  records: names,
  key: names,
  columns: fc.uniqueArray(columns, { selector: ({ name }) => name, minLength: 1 }),
  leftOut: fc.array(fc.record({ from: names, reason: names, nullShare: fc.constant(1), looksLike: names })),
  sample: fc.record({
    messages: fc.nat(),
    records: fc.nat(),
    unreadable: fc.nat(),
    pointers: fc.nat(),
    otherShapes: fc.array(fc.record({ records: fc.nat(), keys: fc.array(names) })),
    tellingKeys: fc.array(names),
    hasValueKeys: fc.boolean(),
  }),
});

describe("the pipeline file", () => {
  test("says what was proposed, whatever the names are", () => {
    fc.assert(
      fc.property(proposals, (proposal) => {
        const { raw: file, problems } = readYaml(writePipeline(proposal, OPTIONS), { source: "f", env: {} });
        expect(problems).toEqual([]);
        expect(file).toEqual({
          queue: proposal.queue,
          table: proposal.table,
          envelope: "sns",
          encoding: "gzip+base64",
          records: proposal.records,
          columns: Object.fromEntries(
            proposal.columns.map(({ name, from, type, required, mask, convert }) => [
              name,
              {
                from,
                type,
                ...(required ? { required } : {}),
                ...(convert ? { convert } : {}),
                ...(mask ? { mask: mask.strategy } : {}),
              },
            ]),
          ),
        });
      }),
    );
  });

  test("is for people, too", () => {
    const bodies = Array.from({ length: 20 }, (_, index) =>
      JSON.stringify({ orderId: index, email: "ann@example.com", lat: 48.137 + index, state: "new" }),
    );
    const proposal = propose({ queue: "orders", table: "shop.orders", bodies, nowMs: 0 });
    expect(
      writePipeline(proposal, OPTIONS),
    ).toBe(`# yaml-language-server: $schema=https://example.com/schema.json
# Proposed by sqs2pg init on 2026-06-01, from 20 messages of the queue. It is yours to change; sqs2pg peek
# shows the rows that it makes.

queue: orders
table: shop.orders
# order_id was different in every record. With \`key\` and a unique constraint on it, a later message would
# replace the row of an earlier one:
# key: order_id
columns:
  order_id: { from: orderId, type: integer, required: true }
  # looks like e-mail addresses in 20 of 20; equal values stay equal
  email: { from: email, type: varchar(64), required: true, mask: hmac-sha256 }
  state: { from: state, type: varchar(16), required: true }
  sent_at: { from: $sent_at, type: timestamptz }
  message_id: { from: $message_id, type: text }
  # lat is left out: its name says precise location; only text can be masked, and this is none
`);
  });
});

describe("the migration", () => {
  const proposal = (table: string, name = "id"): Proposal => ({
    queue: "*/ q",
    table,
    form: { envelope: "none", encoding: "json" },
    columns: [
      { name, from: "id", type: "bigint", required: true, nullShare: 0, looksLike: "x" },
      {
        ...{ name: "ip", from: "ip", type: "varchar(64)", required: false, nullShare: 0, looksLike: "x" },
        mask: { strategy: "hmac-sha256", reason: "r", hint: "h" },
      },
    ],
    leftOut: [],
    sample: {
      messages: 1,
      records: 1,
      unreadable: 0,
      pointers: 0,
      otherShapes: [],
      tellingKeys: [],
      hasValueKeys: false,
    },
  });

  test("is a module that creates the table and drops it", async () => {
    const url = `data:text/javascript,${encodeURIComponent(writeMigration(proposal("shop.orders")))}`;
    const { up, down } = await import(url);
    const { default: knex } = await import("knex");
    const recorder = knex({ client: "pg" });
    const sent: string[] = [];
    Object.assign(recorder.client, {
      acquireConnection: async () => ({}),
      releaseConnection: async () => {},
      query: async (_connection: unknown, { sql }: { sql: string }) => {
        sent.push(sql);
        return { method: "raw", response: { rows: [] } };
      },
    });
    await up(recorder);
    await down(recorder);
    expect(sent).toEqual([
      expect.stringMatching(
        /^do \$schema\$ begin if not exists .*create schema "shop"; end if; end \$schema\$$/,
      ),
      'create table "shop"."orders" ("id" bigint not null, "ip" varchar(64))',
      `comment on column "shop"."orders"."ip" is 'masked: hmac-sha256'`,
      'drop table "shop"."orders"',
    ]);
  });

  test("can be read whatever the names are", async () => {
    await fc.assert(
      fc.asyncProperty(names, names, async (table, name) => {
        const url = `data:text/javascript,${encodeURIComponent(writeMigration(proposal(table.replaceAll(".", ""), name)))}`;
        expect(await import(url)).toMatchObject({ up: expect.any(Function), down: expect.any(Function) });
      }),
      { numRuns: 50 },
    );
  });

  test("is named by its moment and its table", () => {
    expect(migrationName({ table: "shop.orders" }, Date.UTC(2026, 1, 3, 4, 5, 6))).toBe(
      "20260203040506_create_orders.mjs",
    );
    expect(migrationEnding({ table: "a b" })).toBe("_create_a_b.mjs");
  });
});
