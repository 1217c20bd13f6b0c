import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fitVariables } from "../../../src/config/fit-variables.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Pipeline } from "../../../src/config/pipeline.js";
import { readYaml } from "../../../src/config/read-yaml.js";
import { errorOf, problemsOf } from "./support.js";

type Env = Record<string, string>;

function parse(text: string, env: Env): Pipeline {
  const file = readYaml(text, { source: "c.yaml", env });
  return parsePipeline(file.raw, file).pipeline;
}

const problemsIn = (text: string, env: Env): Promise<string[]> => problemsOf(() => parse(text, env));

test("variables are put into every value, of YAML and of JSON, and into no key", () => {
  const env = { QUEUE: "orders", SIZE: "64", KEY: "no", FROM: "customer: { mail }" };
  const yaml = `queue: \${QUEUE}-\${STAGE:-test}
table: 'shop.\${QUEUE}'
columns:
  "\${KEY}":
    from: >-
      \${FROM}
    type: varchar(\${SIZE})
    mask: { strategy: redact, replacement: "$\${SIZE}" }
`;
  const json = JSON.stringify({
    queue: "${QUEUE}-${STAGE:-test}",
    table: "shop.${QUEUE}",
    columns: {
      "${KEY}": {
        from: "${FROM}",
        type: "varchar(${SIZE})",
        mask: { strategy: "redact", replacement: "$${SIZE}" },
      },
    },
  });
  const pipeline = parse(yaml, env);
  expect(pipeline).toMatchObject({
    queue: "orders-test",
    table: { schema: "shop", name: "orders" },
    columns: [
      {
        name: "${KEY}",
        from: { text: "customer: { mail }" },
        type: { name: "varchar", length: 64 },
        mask: { strategy: "redact", replacement: "${SIZE}" },
      },
    ],
  });
  expect(parse(json, env)).toEqual(pipeline);
});

const column = (settings: string): string => `queue: q\ntable: t\ncolumns:\n  c: { ${settings} }\n`;

test("a variable alone is a number, or true or false, where a setting takes no text", () => {
  const settings = `from: a, type: text, required: "\${R}", mask: { strategy: partial, keep_last: "\${N:-0}" }`;
  const [read] = parse(column(settings), { R: "true", N: "4" }).columns;
  expect(read).toMatchObject({ required: true, mask: { keepLast: 4 } });
  expect(parse(column(settings), { R: "false" }).columns[0]).toMatchObject({
    required: false,
    mask: { keepLast: 0 },
  });
});

test("it stays text where text is taken, whatever it looks like", () => {
  expect(
    parse("queue: ${A}\ntable: ${B}\ncolumns: { c: { from: c, type: text } }\n", { A: "12", B: "true" }),
  ).toMatchObject({
    queue: "12",
    table: { name: "true" },
  });
});

test("where a setting takes both, a variable is text", () => {
  const schema = z.object({ a: z.number(), b: z.union([z.number(), z.string()]), c: z.array(z.boolean()) });
  const raw = { a: "12", b: "12", c: ["x", "true"] };
  const all = [["a"], ["b"], ["c", 0], ["c", 1]].map((keys) => ({
    ...{ keys, template: "${X}", variables: [] },
    text: String(keys.reduce<unknown>((outer, key) => Reflect.get(Object(outer), key), raw)),
  }));
  fitVariables(raw, all, schema);
  expect(raw).toEqual({ a: 12, b: "12", c: ["x", true] });
});

test.each<[settings: string, env: Env, problems: string[]]>([
  [
    `from: a, type: text, mask: { strategy: partial, keep_last: "1\${N}" }`,
    { N: "2" },
    ["c.yaml:4:67 columns.c.mask.keep_last: must be a number, not a string"],
  ],
  [
    `from: a, type: text, required: "\${R}"`,
    { R: "yes" },
    ["c.yaml:4:39 columns.c.required: must be true or false, not a string"],
  ],
  [
    `from: a, type: text, required: "\${R}\${R}"`,
    { R: "true" },
    ["c.yaml:4:39 columns.c.required: must be true or false, not a string"],
  ],
  [
    `from: a, type: text, mask: { strategy: partial, keep_last: "\${N}" }`,
    { N: "0x10" },
    ["c.yaml:4:67 columns.c.mask.keep_last: must be a number, not a string"],
  ],
  [
    `from: a, type: text, mask: { strategy: partial, keep_last: "\${N}" }`,
    { N: "1.5" },
    ["c.yaml:4:67 columns.c.mask.keep_last: must be a whole number"],
  ],
  [
    `from: "\${NONE}", type: "\${"`,
    {},
    [
      "c.yaml:4:14 columns.c.from: the variable NONE is not set: set it, or write ${NONE:-default}",
      "c.yaml:4:31 columns.c.type: write ${NAME} or ${NAME:-default}, and $${ for a plain ${",
    ],
  ],
])("%s with %j", async (settings, env, problems) => {
  expect(await problemsIn(column(settings), env)).toEqual(problems);
});

test("messages show the names of variables, as the file has them", async () => {
  const env = { T: "varcar", N: "300", M: "HMAC-sha265", W: "varchar (9)" };
  const text = `queue: q
table: t
columns:
  a: { from: a, type: "\${T}(\${N})" }
  b: { from: b, type: text, mask: "\${M}" }
  c: { from: c, type: "\${W}", mask: hmac-sha256 }
`;
  expect(await problemsIn(text, env)).toEqual([
    expect.stringMatching(
      /^c\.yaml:4:23 columns\.a\.type: "\$\{T\}\(\$\{N\}\)" is no type that can be loaded/,
    ),
    expect.stringMatching(
      /^c\.yaml:5:35 columns\.b\.mask: there is no "\$\{M\}"; did you mean hmac-sha256\?$/,
    ),
    "c.yaml:6:37 columns.c.mask: hmac-sha256 gives 64 characters, more than ${W} holds",
  ]);
});

describe("no value of the environment is in what is said of a mistake", () => {
  const settings = [
    "queue",
    "table",
    "schema",
    "from",
    "type",
    "required",
    "mask",
    "domain",
    "convert",
  ] as const;
  const secret = fc.oneof(
    fc.string({ minLength: 4 }),
    fc.string({ minLength: 4, unit: fc.constantFrom(..."aB3 ._-$\"'/\\") }),
    fc.string({ minLength: 41, maxLength: 80 }),
  );

  function fileWith(setting: (typeof settings)[number], template: string): unknown {
    const isOfFile = setting === "queue" || setting === "table" || setting === "schema";
    const columns = { c: { from: "a", type: "text", ...(isOfFile ? {} : { [setting]: template }) } };
    return { queue: "q", table: "t", columns, ...(isOfFile ? { [setting]: template } : {}) };
  }

  test("whatever setting it is for, and whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...settings),
        secret,
        fc.boolean(),
        async (setting, value, isAlone) => {
          const text = JSON.stringify(fileWith(setting, isAlone ? "${SECRET}" : "a ${SECRET} b"));
          const usual = await messageOf(text, "x");
          // What would be said anyway is no secret.
          fc.pre(value.trim().length >= 4 && !usual.toLowerCase().includes(value.trim().toLowerCase()));
          const said = await messageOf(text, value);
          expect(said).not.toContain(value);
          expect(said).not.toContain(value.slice(0, 40));
          expect(said).not.toContain(JSON.stringify(value.slice(0, 40)).slice(1, -1));
        },
      ),
    );
  });

  async function messageOf(text: string, value: string): Promise<string> {
    try {
      return (await errorOf(() => parse(text, { SECRET: value }))).message;
    } catch {
      return "";
    }
  }
});

describe("what is shown later takes no secret from a variable", () => {
  const file = (top: string, inColumn = "from: a"): string =>
    `${top}\ncolumns:\n  c: { ${inColumn}, type: varchar(64) }\n`;
  const QT = "queue: q\ntable: t";

  test.each([
    ["table", file("queue: q\ntable: ${DB_PASSWORD}")],
    ["schema", file(`${QT}\nschema: \${PGPASSWORD}`)],
    ["queue", file("queue: ${AWS_SECRET_ACCESS_KEY}\ntable: t")],
    ["columns.c.from", file(QT, 'from: "a.${DB_PASSWORD_2}"')],
    [
      "columns.c.mask.domain",
      file(QT, 'from: a, mask: { strategy: hmac-sha256, domain: "${CLIENT_SECRET}" }'),
    ],
  ])("a variable called like a secret: %s", async (path, text) => {
    const names = [
      "DB_PASSWORD",
      "DB_PASSWORD_2",
      "PGPASSWORD",
      "AWS_SECRET_ACCESS_KEY",

      "CLIENT_SECRET",
    ];
    const problems = await problemsIn(text, Object.fromEntries(names.map((name) => [name, "hunter2"])));
    expect(problems.join("\n")).not.toContain("hunter2");
    expect(problems).toEqual([
      expect.stringMatching(
        new RegExp(`${path}: is shown in reports and errors, and the variable \\w+ is called like`),
      ),
    ]);
  });

  test.each([
    ["table", file("queue: q\ntable: shop.${X}"), "s3cr3t!pass word"],
    ["table", file("queue: q\ntable: ${X}"), "a".repeat(64)],
    ["queue", file("queue: ${X}\ntable: t"), "postgres://u:p@host/db"],
    ["queue", file("queue: ${X}\ntable: t"), "https://u:p@host/queue"],
    ["s3_buckets.0", file(`${QT}\ns3_buckets: ["\${X}"]`), "Secret/Value"],
  ])("a value that is no plain name: %s", async (path, text, value) => {
    const problems = await problemsIn(text, { X: value });
    expect(problems.join("\n")).not.toContain(value);
    expect(problems).toEqual([expect.stringContaining(`${path}: is no plain name with what X holds`)]);
  });

  test("names pass, and data may be anything", () => {
    const text = `queue: "\${Q}"
table: \${S}.\${T}
values: { table: "\${API_TOKEN}", queue: "\${Q}" }
match: { table: "\${API_TOKEN}" }
columns: { c: { from: "\${FIELD}", type: text, default: "\${API_TOKEN}" } }
`;
    const env = {
      Q: "arn:aws:sqs:eu-west-1:123456789012:q.fifo",
      S: "größe",
      T: "_t$1",
      API_TOKEN: "? !",
      FIELD: "a b",
    };
    expect(parse(text, env).table).toEqual({ schema: "größe", name: "_t$1" });
    const url = "http://sqs.eu-west-1.localhost:4566/000000000000/login-queue";
    expect(parse(text, { ...env, Q: url }).queue).toBe(url);
  });
});
