import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { ColumnConfig } from "../../../src/config/schema.js";
import { createColumnMask, generateKey, keyringOf, parseKey } from "../../../src/masking/index.js";
import type { Message } from "../../../src/message.js";
import { shownValue } from "../../../src/row.js";
import { compileTransform } from "../../../src/transform/compile.js";
import type { Outcome } from "../../../src/transform/types.js";

const keys = keyringOf(parseKey(generateKey()));

/** What becomes of a value of the field `v` in a column of its own. */
function outcomeOf(column: Omit<ColumnConfig, "from">, value: unknown): Outcome {
  const { pipeline } = parsePipeline(
    { queue: "q", table: "t", columns: { c: { from: "v", ...column } } },
    { source: "test" },
  );
  const message: Message = {
    messageId: "m",
    body: JSON.stringify({ v: value }),
    sentAtMs: 0,
    receiveCount: 1,
    attributes: {},
  };
  const maskFor = (spec: Parameters<typeof createColumnMask>[0]) => createColumnMask(spec, keys);
  return compileTransform({ pipelines: [pipeline], maskFor, queueName: "q", runId: "r" })(message);
}

describe("a value that a mask cannot mask is a reject with its code, and never shown", () => {
  test.each<[Omit<ColumnConfig, "from">, unknown, string, string]>([
    [
      { type: "inet", mask: "ip-prefix" },
      "secret.example",
      "not_an_ip",
      "cannot be masked for c inet: it is no IP address",
    ],
    [
      { type: "text", mask: "ip-truncate" },
      "010.0.0.1",
      "not_an_ip",
      "cannot be masked for c text: it is no IP address",
    ],
    [
      { type: "text", mask: "ff1" },
      "12345",
      "too_short",
      "cannot be masked for c text: it has fewer than 6 characters",
    ],
    [
      { type: "text", mask: "ff1" },
      "secret-value",
      "outside_alphabet",
      "cannot be masked for c text: it has a character",
    ],
    [
      { type: "text", mask: { strategy: "aes-siv", max_bytes: 4 } },
      "secret",
      "too_long",
      "cannot be masked for c text: it has more than 4 bytes",
    ],
    [
      { type: "varchar(119)", mask: "aes-siv" },
      "s".repeat(200),
      "too_long",
      "is longer than c varchar(119) allows",
    ],
    [{ type: "text", mask: "token" }, 5, "wrong_type", "must be a JSON string for c text"],
    [
      { type: "text", mask: "aes-siv" },
      "\ud800",
      "unstorable_text",
      "holds a NUL character or a lone surrogate",
    ],
    [{ type: "inet" }, "1.2.3.4/33", "not_an_ip", "must be an IP address for c inet"],
  ])("%o of %j", (column, value, code, reason) => {
    const outcome = outcomeOf(column, value);
    expect(outcome).toMatchObject({ reject: { stage: "transform", code, field: "v" } });
    if (!("reject" in outcome)) return;
    expect(outcome.reject.reason).toContain(reason);
    expect(JSON.stringify(outcome)).not.toContain(String(value));
  });
});

test("one that is no IP address may become NULL or its HMAC instead", () => {
  expect(outcomeOf({ type: "inet", mask: { strategy: "ip-prefix", on_invalid: "null" } }, "x")).toEqual({
    rows: [{ target: 0, values: [null] }],
  });
  const hashed = outcomeOf({ type: "text", mask: { strategy: "ip-truncate", on_invalid: "hmac" } }, "x");
  expect(hashed).toEqual(outcomeOf({ type: "text", mask: "hmac-sha256" }, "x"));
});

test("a token's row has the vault's entry, in which the value is not, and shows it as a token", () => {
  const outcome = outcomeOf({ type: "text", mask: "token" }, "192.0.2.1");
  if (!("rows" in outcome)) return expect.fail("rejected");
  const [value = null] = outcome.rows[0]?.values ?? [];
  expect(value).toMatchObject({ domain: "v", keyId: keys.keys[0]?.id });
  expect(JSON.stringify(value)).not.toContain("192.0.2.1");
  expect(shownValue(value)).toBe("(token)");
  expect(shownValue("(token)")).toBe("(token)");
});

test.each(["1.2.3.4", "::1", "2001:DB8::/32", "1.2.3.4/0", "::ffff:1.2.3.4"])(
  "an inet column takes %s",
  (value) => {
    expect(outcomeOf({ type: "inet" }, value)).toEqual({ rows: [{ target: 0, values: [value] }] });
  },
);

test.each([
  "",
  "1.2.3",
  "1.2.3.4/",
  "1.2.3.4/1/1",
  "fe80::1%eth0",
  "10/8",
  " 1.2.3.4",
  "::/129",
  "1.2.3.4/-1",
])("and not %j", (value) => {
  expect(outcomeOf({ type: "inet" }, value)).toMatchObject({ reject: { code: "not_an_ip" } });
});
