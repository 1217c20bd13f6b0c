import { describe, expect, test } from "vitest";
import { defineConfig } from "../../../src/config/define-config.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { problemsOf } from "./support.js";

const good = { from: "a", type: "text" };
const parse = (raw: unknown): ReturnType<typeof parsePipeline> =>
  parsePipeline(raw, { source: "sqs2pg.yaml" });
const withColumn = (column: unknown): unknown => ({ queue: "q", table: "t", columns: { c: column } });

test("a config that says everything", () => {
  const config = defineConfig({
    queue: "https://sqs.eu-west-1.amazonaws.com/123456789012/events",
    table: "app.events",
    schema: "bookkeeping",
    columns: {
      Id: { from: "$message_id", type: "varchar(36)", required: true },
      mail: { from: "user.mail", type: "character varying ( 64 )", mask: "hmac-sha256", domain: "mail" },
      phone: { from: "phone", type: "TEXT", mask: { strategy: "partial", keep_last: 2 } },
      note: { from: "note", type: "text", mask: { strategy: "redact", replacement: "-", domain: "d" } },
      at: { from: "at", type: "timestamp with time zone" },
      trace: { from: "$attributes.trace.id", type: "int4" },
    },
  });
  const { pipeline, bookkeepingSchema } = parse(config);
  expect({ pipeline, bookkeepingSchema }).toEqual({
    bookkeepingSchema: "bookkeeping",
    pipeline: {
      queue: "https://sqs.eu-west-1.amazonaws.com/123456789012/events",
      table: { schema: "app", name: "events" },
      columns: [
        {
          name: "Id",
          from: { kind: "message", value: "message_id", text: "$message_id" },
          type: { name: "varchar", length: 36 },
          required: true,
        },
        {
          name: "mail",
          from: { kind: "record", path: ["user", "mail"], text: "user.mail" },
          type: { name: "varchar", length: 64 },
          required: false,
          mask: { strategy: "hmac-sha256", domain: "mail" },
        },
        {
          name: "phone",
          from: { kind: "record", path: ["phone"], text: "phone" },
          type: { name: "text" },
          required: false,
          mask: { strategy: "partial", domain: "phone", keepLast: 2 },
        },
        {
          name: "note",
          from: { kind: "record", path: ["note"], text: "note" },
          type: { name: "text" },
          required: false,
          mask: { strategy: "redact", domain: "d", replacement: "-" },
        },
        {
          name: "at",
          from: { kind: "record", path: ["at"], text: "at" },
          type: { name: "timestamptz" },
          required: false,
        },
        {
          name: "trace",
          from: { kind: "attribute", name: "trace.id", text: "$attributes.trace.id" },
          type: { name: "integer" },
          required: false,
        },
      ],
      match: [],
      constants: [],
      body: { envelope: "none", encoding: "json", s3Buckets: [] },
    },
  });
});

test("a queue from elsewhere goes before the file's, which may then leave it out", () => {
  const raw = { table: "t", columns: { c: good } };
  expect(parsePipeline(raw, { source: "f", queue: "other" }).pipeline.queue).toBe("other");
  expect(parsePipeline({ ...raw, queue: "q" }, { source: "f", queue: "other" }).pipeline.queue).toBe("other");
});

describe("mistakes in the file", () => {
  const columns = { c: good };
  test.each<[raw: unknown, problems: string[]]>([
    [null, ["must be a map, not null"]],
    [[], ["must be a map, not a list"]],
    ["text", ["must be a map, not a string"]],
    [
      {},
      [
        "table: is missing",
        "columns: is missing",
        "queue: is missing: set it here, by --queue or by SQS2PG_QUEUE",
      ],
    ],
    [{ queue: "", table: "t", columns }, ["queue: cannot be empty"]],
    [{ queue: 1, table: "t", columns }, ["queue: must be text, not a number"]],
    [{ queue: "q", table: "a.b.c", columns }, ["table: must be a table's name or schema.name"]],
    [{ queue: "q", table: "a.", columns }, ["table: a name cannot be empty"]],
    [{ queue: "q", table: "t", columns: {} }, ["columns: needs at least one column"]],
    [{ queue: "q", table: "t", columns: [] }, ["columns: must be a map, not a list"]],
    [
      { queue: "q", table: "t", columns, schema: "pg_x" },
      ["schema: PostgreSQL keeps names that start with pg_ for itself"],
    ],
    [
      { queue: "q", table: "t", columns, schema: "my.schema" },
      ["schema: must be letters, digits, _ and -, beginning with a letter or _, and at most 63 bytes"],
    ],
    [{ queue: "q", tabel: "t", columns }, ["tabel: there is no such setting; did you mean table?"]],
    [
      { queue: "q", table: "é".repeat(32), columns },
      ["table: PostgreSQL cuts names to 63 bytes, and this one has 64"],
    ],
    [
      { queue: "q", table: "t", columns: { "a\0": good, "": good } },
      [
        'columns."a\\u0000": a name cannot hold a NUL or a lone surrogate',
        'columns."": a name cannot be empty',
      ],
    ],
    [
      JSON.parse('{"queue":"q","table":"t","columns":{"__proto__":{"from":1}}}'),
      ["columns.__proto__: cannot be the name of a column here"],
    ],
  ])("%j", async (raw, problems) => {
    expect(await problemsOf(() => parse(raw))).toEqual(problems);
  });
});

describe("mistakes in a column", () => {
  test.each<[column: unknown, problems: string[]]>([
    [null, [": must be a map, not null"]],
    ["text", [": must be a map, not a string"]],
    [{}, [".from: is missing", ".type: is missing"]],
    [{ ...good, maks: "sha256" }, [".maks: there is no such setting; did you mean mask?"]],
    [
      { ...good, colour: 1 },
      [
        ".colour: there is no such setting; it can be from, type, required, mask, domain, convert, default, on_error",
      ],
    ],
    [{ ...good, required: "yes" }, [".required: must be true or false, not a string"]],
    [
      { from: "a", type: "varcar(3)" },
      ['.type: "varcar(3)" is no type that can be loaded; did you mean varchar(n)?'],
    ],
    [{ from: "a", type: "varchar" }, [".type: varchar needs its length, such as varchar(255); or use text"]],
    [{ from: "a", type: "varchar(0)" }, [".type: the length of a varchar goes from 1 to 10,485,760"]],
    [
      { from: "a", type: "xml" },
      [
        '.type: "xml" is no type that can be loaded; it can be text, varchar(n), char(n), smallint, integer, bigint, numeric(p,s), real, double precision, boolean, uuid, date, timestamp, timestamptz, time, interval, json, jsonb, inet, cidr, bytea',
      ],
    ],
    [
      { from: "a..b", type: "text" },
      [
        '.from: "a..b" is no path: a key is missing at character 3: write keys joined by dots, such as device.id',
      ],
    ],
    [
      { from: "", type: "text" },
      ['.from: "" is no path: a key is missing at character 1: write keys joined by dots, such as device.id'],
    ],
    [{ from: "a\0", type: "text" }, [".from: a path cannot hold a NUL or a lone surrogate"]],
    [
      { from: "$sentat", type: "date" },
      ['.from: "$sentat" is nothing that a message has; did you mean $sent_at?'],
    ],
    [
      { from: "$attributes.a b", type: "text" },
      ['.from: "$attributes.a b" names no message attribute: letters, digits, _, - and inner dots only'],
    ],
    [
      { from: "$sent_at", type: "text" },
      [".type: $sent_at needs a column of type date, timestamp, timestamptz, not text"],
    ],
    [
      { from: "$receive_count", type: "date" },
      [".type: $receive_count needs a column of type smallint, integer, bigint, not date"],
    ],
    [
      { from: "$run_id", type: "varchar(35)" },
      [".type: $run_id has 36 characters, more than varchar(35) holds"],
    ],
    [{ ...good, mask: "sha265" }, ['.mask: there is no "sha265"; did you mean sha256?']],
    [{ ...good, mask: "hmac" }, ['.mask: there is no "hmac"; did you mean hmac-sha256?']],
    [
      { ...good, mask: null },
      ['.mask: write "null" in quotes to store NULL for every value, or leave the mask out'],
    ],
    [{ ...good, mask: true }, [".mask: must be a mask's name or a map with its strategy, not true"]],
    [{ ...good, mask: {} }, [".mask.strategy: is missing"]],
    [
      { ...good, mask: { strategy: "partial", keeplast: 2 } },
      [".mask.keeplast: there is no such setting; did you mean keep_last?"],
    ],
    [{ ...good, mask: { strategy: "partial", keep_last: 1.5 } }, [".mask.keep_last: must be a whole number"]],
    [{ ...good, mask: { strategy: "partial", keep_last: -1 } }, [".mask.keep_last: must be 0 or more"]],
    [
      { ...good, mask: { strategy: "sha256", keep_last: 1 } },
      [".mask.keep_last: is for the mask partial only"],
    ],
    [
      { ...good, mask: { strategy: "sha256", replacement: "x" } },
      [".mask.replacement: is for the mask redact only"],
    ],
    [
      { from: "a", type: "varchar(63)", mask: "hmac-sha256" },
      [".mask: hmac-sha256 gives 64 characters, more than varchar(63) holds"],
    ],
    [
      { from: "a", type: "varchar(4)", mask: { strategy: "redact", replacement: "12345" } },
      [".mask: redact gives 5 characters, more than varchar(4) holds"],
    ],
    [
      { from: "a", type: "integer", mask: "sha256" },
      [".mask: a masked value is text, so the column cannot be integer"],
    ],
    [
      { from: "$sent_at", type: "date", mask: "null" },
      [
        ".mask: only text can be masked, and $sent_at is none",
        ".mask: a masked value is text, so the column cannot be date",
      ],
    ],
    [{ ...good, domain: "d" }, [".domain: does nothing without a mask"]],
    [
      { ...good, domain: "d", mask: { strategy: "hmac-sha256", domain: "e" } },
      [".domain: is set twice: here and in the mask"],
    ],
    [
      { ...good, convert: "app-version" },
      [
        ".type: app-version makes a whole number, so the column must be smallint, integer, bigint, numeric, not text",
      ],
    ],
    [
      { from: "a", type: "integer", convert: "appversion" },
      ['.convert: there is no "appversion"; did you mean app-version?'],
    ],
    [
      { from: "$receive_count", type: "integer", convert: "app-version" },
      [".convert: is for texts of the record, and $receive_count is none"],
    ],
  ])("%j", async (column, problems) => {
    expect(await problemsOf(() => parse(withColumn(column)))).toEqual(
      problems.map((said) => `columns.c${said}`),
    );
  });
});

test("all mistakes come at once, in the order of the file, under its name", () => {
  const raw = {
    queue: "q",
    table: "t",
    columns: {
      a: { from: "$sent", type: "text" },
      b: { from: "b", type: "int", mask: "sha256", requierd: true },
      c: { from: "c", type: "varchar(9)", mask: "hmac-sha256" },
    },
    extra: 1,
  };
  expect(() => parse(raw)).toThrow(
    'sqs2pg.yaml: columns.a.from: "$sent" is nothing that a message has; did you mean $sent_at?; ' +
      "columns.b.mask: a masked value is text, so the column cannot be integer; " +
      "columns.b.requierd: there is no such setting; did you mean required?; " +
      "columns.c.mask: hmac-sha256 gives 64 characters, more than varchar(9) holds; " +
      "extra: there is no such setting; it can be queue, table, schema, columns, values, key, on_conflict, envelope, encoding, records, match, s3_buckets, $schema, pipelines",
  );
});
