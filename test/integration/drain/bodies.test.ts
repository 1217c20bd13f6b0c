import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { KEY, test } from "../../support/bench.js";
import { hmacMask, LOGIN_ROWS, type LoginRow } from "../../support/independent.js";

const sentAtMs = Date.UTC(2026, 0, 31, 23, 59, 59, 999);

type Columns = Partial<Omit<LoginRow, "create_date">>;
type Case = readonly [what: string, body: string, row: Columns];
type Refused = readonly [what: string, body: string, code: string, field: string | null];

/** A body of at least `bytes`, with the rest in a field that nobody asked for. */
function padded(user: string, bytes: number): string {
  return JSON.stringify({ user_id: user, padding: "é".repeat(Math.ceil(bytes / 2)) });
}

const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const astral = "😀".repeat(32);

/** Bodies that are loaded, by a user_id of their own, and what is in the other columns: NULL, unless it is said. */
const loaded: readonly Case[] = [
  ["only what is required", '{"user_id":"a1"}', { user_id: "a1" }],
  ["unknown fields", '{"user_id":"a2","extra":{"locale":"XX"},"more":[1]}', { user_id: "a2" }],
  [
    "duplicate keys: the last one",
    '{"user_id":"zz","locale":"US","user_id":"a3"}',
    { user_id: "a3", locale: "US" },
  ],
  ["a byte order mark", '\ufeff{"user_id":"a4"}', { user_id: "a4" }],
  ["white space around it", ' \r\n\t{"user_id":"a5"}\n', { user_id: "a5" }],
  ["nulls", '{"user_id":"a6","ip":null,"locale":null,"app_version":null}', { user_id: "a6" }],
  ["a __proto__ key", '{"user_id":"a7","__proto__":{"locale":"XX","ip":"1.2.3.4"}}', { user_id: "a7" }],
  ["a constructor key", '{"user_id":"a8","constructor":{"locale":"XX"},"toString":1}', { user_id: "a8" }],
  ["10,000 levels beside it", `{"user_id":"a9","deep":${deep(10_000)}}`, { user_id: "a9" }],
  ["256 KB", padded("b1", 256 * 1024), { user_id: "b1" }],
  ["1 MiB", padded("b2", 1024 * 1024 - 64), { user_id: "b2" }],
  ["NUL and lone surrogates where nobody looks", '{"user_id":"b3","x":"\\u0000\\ud800"}', { user_id: "b3" }],
  [
    "numbers beyond 2^53 where nobody looks",
    '{"user_id":"b4","x":9007199254740993,"y":1e400}',
    { user_id: "b4" },
  ],
  [
    "a text at its longest, in code points",
    `{"user_id":"b5","locale":"${astral}"}`,
    { user_id: "b5", locale: astral },
  ],
  [
    "texts that need quoting",
    JSON.stringify({ user_id: "b6\"'\\\n{,}", locale: "NULL" }),
    { user_id: "b6\"'\\\n{,}", locale: "NULL" },
  ],
  [
    "empty texts",
    '{"user_id":"","locale":"","ip":""}',
    { user_id: "", locale: "", masked_ip: hmacMask(KEY, "ip", "") },
  ],
  [
    "an IPv6 address",
    '{"user_id":"b8","ip":"2001:DB8:0:0:0:0:0:1"}',
    { user_id: "b8", masked_ip: hmacMask(KEY, "ip", "2001:db8::1") },
  ],
  [
    "an IPv4-mapped address",
    '{"user_id":"b9","ip":"::ffff:199.172.111.135"}',
    { user_id: "b9", masked_ip: hmacMask(KEY, "ip", "199.172.111.135") },
  ],
  [
    "what only looks like an address",
    '{"user_id":"c1","ip":"010.0.0.1"}',
    { user_id: "c1", masked_ip: hmacMask(KEY, "ip", "010.0.0.1") },
  ],
  [
    "a long masked value",
    `{"user_id":"c2","device_id":"${"d".repeat(5_000)}"}`,
    { user_id: "c2", masked_device_id: hmacMask(KEY, "device_id", "d".repeat(5_000)) },
  ],
  ...["2.3.0-beta", "", "1.100", "1.2.3.4", "v2", " 2", "9007199254740993"].map(
    (version, index): Case => [
      `no such version: ${JSON.stringify(version)}`,
      JSON.stringify({ user_id: `v${index}`, app_version: version }),
      { user_id: `v${index}` },
    ],
  ),
  ["a version", '{"user_id":"c3","app_version":"0.96"}', { user_id: "c3", app_version: 9_600 }],
  [
    "the largest version",
    '{"user_id":"c4","app_version":"214748.36.47"}',
    { user_id: "c4", app_version: 2_147_483_647 },
  ],
];

const NOT_CONVERTIBLE = 7;

const refused: readonly Refused[] = [
  ["nothing", "", "empty_body", null],
  ["white space", " \n\t", "empty_body", null],
  ["no JSON", "user_id=ann", "not_json", null],
  ["JSON that is cut off", '{"user_id":"ann"', "not_json", null],
  ["two JSON texts", '{"user_id":"ann"}{"user_id":"bob"}', "not_json", null],
  ["a NUL in the JSON itself", '{"user_id":"a\u0000"}', "not_json", null],
  ["a text", '"ann"', "not_an_object", null],
  ["a number", "42", "not_an_object", null],
  ["null", "null", "not_an_object", null],
  ["an array", '[{"user_id":"ann"}]', "not_an_object", null],
  ["10,000 levels", deep(10_000), "not_an_object", null],
  ["10,000 levels in an object", `{"x":${deep(10_000)}}`, "missing", "user_id"],
  ["an empty object", "{}", "missing", "user_id"],
  ["a required null", '{"user_id":null}', "missing", "user_id"],
  ["a required field in __proto__ only", '{"__proto__":{"user_id":"ann"}}', "missing", "user_id"],
  ["a number for a text", '{"user_id":42}', "wrong_type", "user_id"],
  ["a number beyond 2^53 for a text", '{"user_id":9007199254740993}', "wrong_type", "user_id"],
  ["an object for a text", '{"user_id":{"id":"ann"}}', "wrong_type", "user_id"],
  ["an array for a masked text", '{"user_id":"ann","ip":["1.2.3.4"]}', "wrong_type", "ip"],
  ["a number for a masked text", '{"user_id":"ann","device_id":5934759}', "wrong_type", "device_id"],
  ["a number for a version", '{"user_id":"ann","app_version":2.3}', "wrong_type", "app_version"],
  ["true for a text", '{"user_id":"ann","locale":true}', "wrong_type", "locale"],
  ["a text too long", `{"user_id":"${"u".repeat(129)}"}`, "too_long", "user_id"],
  ["256 KB in one text", `{"user_id":"ann","locale":"${"u".repeat(262_144)}"}`, "too_long", "locale"],
  ["one code point too many", `{"user_id":"ann","locale":"${astral}!"}`, "too_long", "locale"],
  ["a NUL in a text", '{"user_id":"a\\u0000b"}', "unstorable_text", "user_id"],
  ["a lone surrogate in a text", '{"user_id":"ann","locale":"\\ud800"}', "unstorable_text", "locale"],
  ["a lone surrogate in a masked text", '{"user_id":"ann","ip":"\\udc00x"}', "unstorable_text", "ip"],
];

describe.concurrent("a drain of every kind of body", () => {
  test("loads what can be loaded and says of each of the others why not", async ({
    queue,
    database,
    drain,
  }) => {
    const good = queue.send(
      loaded.map(([, body]) => body),
      { sentAtMs },
    );
    const bad = queue.send(
      refused.map(([, body]) => body),
      { sentAtMs },
    );

    const { exitCode, report, stderr } = await drain(["--quiet"]);

    expect(report).toMatchObject({
      received: good.length + bad.length,
      loaded: good.length,
      rejected: bad.length,
      duplicates: 0,
      released: 0,
      in_doubt: 0,
      warnings: { app_version: { not_convertible: NOT_CONVERTIBLE } },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: "" });

    const byUser = new Map(
      (await database.query<LoginRow & Record<string, unknown>>(LOGIN_ROWS)).map((row) => [row.user_id, row]),
    );
    const nothing = {
      device_type: null,
      masked_ip: null,
      masked_device_id: null,
      locale: null,
      app_version: null,
    };
    for (const [what, , row] of loaded) {
      expect(byUser.get(row.user_id ?? null), what).toEqual({
        ...nothing,
        create_date: "2026-01-31",
        ...row,
      });
    }
    expect(byUser.size).toBe(loaded.length);

    const byMessage = new Map(
      (await database.query("select message_id, code, field from sqs2pg.rejects")).map(
        ({ message_id, ...reject }) => [message_id, reject],
      ),
    );
    for (const [index, [what, , code, field]] of refused.entries()) {
      expect(byMessage.get(bad[index]?.messageId), what).toEqual({ code, field });
    }
    expect(queue.messageIds().toSorted()).toEqual(bad.map(({ messageId }) => messageId).toSorted());
  });

  test("loads numbers as they are, or not at all", async ({ queue, database, drain }) => {
    const folder = await mkdtemp(join(tmpdir(), "numbers-"));
    const config = join(folder, "numbers.yaml");
    await writeFile(config, "table: numbers\ncolumns:\n  n: { from: n, type: bigint, required: true }\n");
    await database.query("create table numbers (n bigint)");
    const good = ["0", "-0", "1e3", "9007199254740991", "-9007199254740991"];
    const bad = [
      "9007199254740992",
      "9007199254740993",
      "-9007199254740993",
      "1e19",
      "1e400",
      "1.5",
      '"1"',
      "true",
    ];
    queue.send(good.map((number) => `{"n":${number}}`));
    queue.send(bad.map((number) => `{"n":${number}}`));
    const { report } = await drain(["--config", config]);
    await rm(folder, { recursive: true });
    const codes = report.rejects.map(({ code, count }) => [code, count] as const);
    expect(Object.fromEntries(codes)).toEqual({ imprecise: 3, out_of_range: 2, wrong_type: 3 });
    expect(await database.query("select n::text from numbers order by numbers.n")).toEqual(
      ["-9007199254740991", "0", "0", "1000", "9007199254740991"].map((n) => ({ n })),
    );
  });

  test("knows a message by its id, whatever the emulator makes of it", async ({ queue, database, drain }) => {
    const upper = { body: '{"user_id":"ann"}', messageId: randomUUID().toUpperCase() };
    queue.deliverAgain([upper, { body: '{"user_id":"bob"}', messageId: "no-uuid/17" }]);
    expect((await drain()).report).toMatchObject({ loaded: 2, deleted: 2 });
    queue.deliverAgain([{ ...upper, messageId: upper.messageId.toLowerCase() }]);
    queue.deliverAgain([{ body: '{"user_id":"bob"}', messageId: "no-uuid/17" }]);
    expect((await drain()).report).toMatchObject({ loaded: 0, duplicates: 2, deleted: 2 });
    expect(await database.query("select from user_logins")).toHaveLength(2);
  });
});
