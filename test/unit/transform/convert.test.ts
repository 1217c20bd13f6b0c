import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { message, oneColumn, openMask, outcomeOf } from "./support.js";

const row = (config: Parameters<typeof oneColumn>[0], json: string) => {
  const outcome = oneColumn(config)(message(`{"value":${json}}`));
  return "reject" in outcome ? outcome.reject : outcome.rows[0];
};

describe("converters with a name", () => {
  test.each<[convert: string | string[], type: string, json: string, expected: unknown]>([
    ["trim", "text", '" a\\u00a0"', "a"],
    ["lower", "text", '"ÀB"', "àb"],
    ["upper", "varchar(2)", '"ß"', "SS"],
    [["trim", "lower"], "varchar(1)", '" A "', "a"],
    ["trim", "text", "1", "wrong_type"],
    ["trim", "uuid", '" a0eebc999c0b4ef8bb6d6bb9bd380a11 "', "a0eebc999c0b4ef8bb6d6bb9bd380a11"],
    ["trim", "numeric(4,2)", '" 12.50 "', "12.50"],
    ["lower", "jsonb", '"A"', '"a"'],
    ["app-version", "integer", '"2.3.0"', 20300],
    ["app-version", "integer", '"2.3.0-beta"', null],
    ["app-version", "smallint", '"99.0.0"', "out_of_range"],
    [["trim", "app-version"], "bigint", '" 2 "', 20000],
    ["semver-major", "integer", '"v12.3.4-rc.1+build.5"', 12],
    ["semver-minor", "integer", '"12.3.4"', 3],
    ["semver-patch", "smallint", '"12.3.4"', 4],
    ["semver-patch", "integer", '"12.3.2147483648"', "out_of_range"],
    ["semver-major", "numeric", '"123456789012345678901.0.0"', "123456789012345678901"],
    ["semver-major", "integer", '"1.2"', null],
    ["semver-major", "integer", '"01.2.3"', null],
    ["semver-major", "integer", "1", "wrong_type"],
    ["epoch-seconds", "timestamptz", "1694649599", "2023-09-13T23:59:59.000Z"],
    ["epoch-seconds", "timestamptz", "1694649599.123456", "2023-09-13T23:59:59.123456Z"],
    ["epoch-seconds", "timestamptz", "1694649599.1234567", "2023-09-13T23:59:59.123457Z"],
    ["epoch-seconds", "timestamp", '"1694649599.5"', "2023-09-13T23:59:59.500"],
    ["epoch-seconds", "date", "-1", "1969-12-31"],
    ["epoch-seconds", "timestamptz", "-0.000001", "1969-12-31T23:59:59.999999Z"],
    ["epoch-milliseconds", "timestamptz", "1694649599123", "2023-09-13T23:59:59.123Z"],
    ["epoch-milliseconds", "timestamptz", "1694649599123.4567", "2023-09-13T23:59:59.123457Z"],
    ["epoch-milliseconds", "date", "0", "1970-01-01"],
    ["epoch-seconds", "date", "253402300800", "out_of_range"],
    ["epoch-seconds", "date", "253402300799.9999999", "out_of_range"],
    ["epoch-seconds", "date", "1e300", "out_of_range"],
    ["epoch-seconds", "date", "1e-300", "1970-01-01"],
    ["epoch-seconds", "date", "1e999999999", "out_of_range"],
    ["epoch-seconds", "date", '"soon"', "wrong_type"],
    ["epoch-seconds", "date", "true", "wrong_type"],
  ])("%s to %s of %s", (convert, type, json, expected) => {
    expect(outcomeOf(oneColumn({ type, convert } as never), json)).toEqual(expected);
  });

  test("what has no such number is NULL, and noted", () => {
    expect(row({ type: "integer", convert: "semver-major" }, '"one"')).toEqual({
      target: 0,
      values: [null],
      warnings: [{ column: "value", code: "not_convertible" }],
    });
  });

  test("every moment in whole milliseconds is the one that Date has", () => {
    const transform = oneColumn({ type: "timestamptz", convert: "epoch-milliseconds" });
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31") }),
        (date) => {
          expect(outcomeOf(transform, String(date.getTime()))).toBe(date.toISOString());
        },
      ),
    );
  });
});

describe("functions", () => {
  test.each<[type: string, convert: (value: unknown) => unknown, json: string, expected: unknown]>([
    ["text", (value) => String(value), "12", "12"],
    ["integer", (value) => Number(value) * 2, '"21"', 42],
    ["bigint", (value) => BigInt(String(value)) + 1n, "9223372036854775806", "9223372036854775807"],
    ["bigint", (value) => value, "9223372036854775807", "9223372036854775807"],
    ["text", (value) => typeof value, "9223372036854775807", "bigint"],
    ["text", (value) => value, "0.12345678901234567890", "0.12345678901234567890"],
    ["timestamptz", () => new Date(0), "1", "1970-01-01T00:00:00.000Z"],
    ["date", () => new Date(0), "1", "1970-01-01"],
    ["timestamp", () => new Date(0), "1", "1970-01-01T00:00:00.000"],
    ["date", () => new Date(Number.NaN), "1", "wrong_type"],
    ["bytea", () => new Uint8Array([1, 255]), "1", "\\x01ff"],
    ["text[]", (value) => String(value).split(","), '"a,b"', '{"a","b"}'],
    ["bigint[]", () => [2n ** 63n - 1n], "1", '{"9223372036854775807"}'],
    ["jsonb", (value) => ({ value }), "[1]", '{"value":[1]}'],
    ["jsonb", () => 1n, "1", "1"],
    ["jsonb", () => ({ n: 1n }), "1", "wrong_type"],
    ["jsonb", () => Symbol("s"), "1", "wrong_type"],
    ["double precision", () => Number.NaN, "1", "NaN"],
    ["text", () => undefined, "1", null],
    ["text", () => null, "1", null],
    ["text", () => 1, "1", "wrong_type"],
    ["text", () => Promise.resolve("a"), "1", "convert_failed"],
    ["text", () => Promise.reject(new Error("a")), "1", "convert_failed"],
    ["text", (value) => JSON.parse(String(value)), '"{"', "convert_failed"],
    [
      "text",
      () =>
        Reflect.get(
          Object(
            new Proxy(
              {},
              {
                get: () => {
                  throw new Error("trap");
                },
              },
            ),
          ),
          "x",
        ),
      "1",
      "convert_failed",
    ],
  ])("to %s: %s of %s", (type, convert, json, expected) => {
    expect(outcomeOf(oneColumn({ type, convert }), json)).toEqual(expected);
  });

  test("what one throws is not told", () => {
    const convert = (value: unknown): never => {
      throw new Error(`secret ${String(value)}`);
    };
    expect(row({ type: "text", convert }, '"canary"')).toEqual({
      stage: "transform",
      code: "convert_failed",
      field: "value",
      reason: "made the converter of value text throw an error",
    });
  });

  test("with required, what makes nothing of a value is a reject", () => {
    expect(outcomeOf(oneColumn({ type: "text", required: true, convert: () => undefined }), "1")).toBe(
      "missing",
    );
  });

  test("other columns do not see what one does to its value", () => {
    const columns = {
      one: {
        from: "value",
        type: "jsonb",
        convert: (value: unknown) => Object.assign(Object(value), { a: 2, b: 1 }),
      },
      two: { from: "value", type: "jsonb" },
    };
    const { pipeline } = parsePipeline({ queue: "q", table: "t", columns }, { source: "test" });
    const transform = compileTransform({
      pipelines: [pipeline],
      maskFor: openMask,
      queueName: "q",
      runId: "r",
    });
    expect(transform(message('{"value":{"a":1}}'))).toMatchObject({
      rows: [{ values: ['{"a":2,"b":1}', '{"a":1}'] }],
    });
  });

  test("before a mask it makes the text that is masked", () => {
    const config = { type: "text", mask: "hmac-sha256" as const };
    expect(outcomeOf(oneColumn({ ...config, convert: (value) => String(value) }), "12345")).toBe("value:5");
    expect(outcomeOf(oneColumn({ ...config, convert: (value) => value }), "12345")).toBe("wrong_type");
    expect(outcomeOf(oneColumn({ ...config, convert: ["trim", "lower"] }), '" AB "')).toBe("value:2");
  });
});

describe("default", () => {
  test.each<[type: string, standIn: unknown, json: string, expected: unknown]>([
    ["text", "none", "null", "none"],
    ["text", "none", '""', ""],
    ["integer", 0, "null", 0],
    ["boolean", false, "null", false],
    ["bigint", "9223372036854775807", "null", "9223372036854775807"],
    ["text[]", ["a"], "null", '{"a"}'],
    ["jsonb", { a: [1] }, "null", '{"a":[1]}'],
    ["timestamptz", "infinity", "null", "infinity"],
    ["text", null, "null", null],
  ])("%s, %j for %s", (type, standIn, json, expected) => {
    expect(outcomeOf(oneColumn({ type, default: standIn }), json)).toEqual(expected);
  });

  test("stands in for what is not there at all, unmasked, and not for what does not fit", () => {
    const masked = oneColumn({ type: "text", mask: "hmac-sha256", default: "unknown" });
    expect(masked(message("{}"))).toMatchObject({ rows: [{ values: ["unknown"] }] });
    expect(outcomeOf(masked, '"abc"')).toBe("value:3");
    expect(outcomeOf(masked, "1")).toBe("wrong_type");
  });
});

describe("on_error: null", () => {
  test.each<[config: Parameters<typeof oneColumn>[0], json: string, code: string]>([
    [{ type: "integer" }, '"x"', "wrong_type"],
    [{ type: "varchar(1)" }, '"xy"', "too_long"],
    [{ type: "text", from: "value.a" }, "1", "wrong_type"],
    [{ type: "text", convert: () => Promise.resolve(1) }, "1", "convert_failed"],
    [{ type: "text", mask: "hmac-sha256" }, "1", "wrong_type"],
    [{ type: "date[]" }, '["x"]', "invalid_date"],
    [{ type: "integer", default: 7 }, '"x"', "wrong_type"],
  ])("%j of %s", (config, json, code) => {
    expect(row({ ...config, on_error: "null" }, json)).toEqual({
      target: 0,
      values: [null],
      warnings: [{ column: "value", code }],
    });
    expect(outcomeOf(oneColumn({ ...config, on_error: "reject" }), json)).toBe(code);
  });

  test("YAML's null says the same", () => {
    expect(outcomeOf(oneColumn({ type: "integer", on_error: null }), '"x"')).toBe(null);
  });
});

describe("message values", () => {
  const rest = {
    sequenceNumber: "18849496460467696128",
    attributes: {
      n: "1.50",
      ok: "true",
      j: '{"a":12345678901234567890}',
      bad: "{",
      at: "0",
      u: "A0EEBC999C0B4EF8BB6D6BB9BD380A11",
    },
  };
  test.each<[config: Parameters<typeof oneColumn>[0], expected: unknown]>([
    [{ from: "$sequence_number", type: "text" }, "18849496460467696128"],
    [{ from: "$sequence_number", type: "numeric(20)" }, "18849496460467696128"],
    [{ from: "$sent_at", type: "timestamp" }, "2023-09-13T23:59:59.999"],
    [{ from: "$message_id", type: "uuid" }, "5fea7756-0ea4-451a-a703-a558b933e274"],
    [{ from: "$attributes.n", type: "numeric(3,2)" }, "1.50"],
    [{ from: "$attributes.n", type: "real" }, 1.5],
    [{ from: "$attributes.ok", type: "boolean" }, true],
    [{ from: "$attributes.n", type: "boolean" }, "wrong_type"],
    [{ from: "$attributes.j", type: "jsonb" }, '{"a":12345678901234567890}'],
    [{ from: "$attributes.bad", type: "jsonb" }, "not_json"],
    [
      { from: "$attributes.at", type: "timestamptz", convert: "epoch-milliseconds" },
      "1970-01-01T00:00:00.000Z",
    ],
    [{ from: "$attributes.u", type: "uuid", convert: "lower" }, "a0eebc999c0b4ef8bb6d6bb9bd380a11"],
    [{ from: "$attributes.n", type: "integer", convert: (value) => Math.round(Number(value)) }, 2],
  ])("%j", (config, expected) => {
    expect(outcomeOf(oneColumn(config), "1", rest)).toEqual(expected);
  });

  test("an id that is no UUID is the one that the ledger knows it by", () => {
    const uuid = outcomeOf(oneColumn({ from: "$message_id", type: "uuid" }), "1", { messageId: "emulated" });
    expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
  });
});
