import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { noteDisagreements } from "../../../src/config/queue-agreement.js";
import { type ResolveOptions, resolveSettings, type Settings } from "../../../src/config/resolve.js";
import { generateKey } from "../../../src/masking/index.js";
import { directory, errorOf, problemsOf } from "./support.js";

const columns = { c: { from: "c", type: "text" } };
const masked = { c: { from: "c", type: "text", mask: "hmac-sha256" } };
const problemsIn = (raw: unknown, queue?: string): Promise<string[]> =>
  problemsOf(() => parsePipeline(raw, { source: "f", queue }));

const SHOP = `schema: books
queue: orders
pipelines:
  orders: { table: shop.orders, columns: { c: { from: c, type: text } } }
  returns: { table: shop.returns, queue: returns, columns: { c: { from: c, type: text, mask: hmac-sha256 } } }
  order_items: { table: shop.items, columns: { c: { from: c, type: text, mask: hmac-sha256 } } }
`;

function resolve(given: Partial<ResolveOptions> = {}, text: string = SHOP): Promise<Settings> {
  const needs = { database: false, key: "never" } as const;
  return resolveSettings({ flags: {}, env: {}, cwd: directory({ "sqs2pg.yaml": text }), needs, ...given });
}

describe("one is chosen", () => {
  test.each<[given: Partial<ResolveOptions>, name: string, all: string[]]>([
    [{ flags: { pipeline: "orders" } }, "orders", ["orders", "order_items"]],
    [{ flags: { pipeline: "order_items" } }, "order_items", ["orders", "order_items"]],
    [{ env: { SQS2PG_PIPELINE: "returns" } }, "returns", ["returns"]],
    [{ flags: { pipeline: "returns" }, env: { SQS2PG_PIPELINE: "orders" } }, "returns", ["returns"]],
  ])("by %j, with all of its queue, in the order of the file", async (given, name, all) => {
    const { pipeline, pipelines, bookkeepingSchema } = await resolve(given);
    expect(pipeline.name).toBe(name);
    expect(pipelines.map((one) => one.name)).toEqual(all);
    expect(pipelines).toContain(pipeline);
    expect(bookkeepingSchema).toBe("books");
    expect(new Set(pipelines.map(({ queue }) => queue)).size).toBe(1);
  });

  test("a pipeline's own queue goes before the file's", async () => {
    expect((await resolve({ flags: { pipeline: "orders" } })).pipeline.queue).toBe("orders");
    expect((await resolve({ flags: { pipeline: "returns" } })).pipeline.queue).toBe("returns");
  });

  test.each<[of: "queue" | "table", message: string]>([
    [
      "queue",
      "sqs2pg.yaml has pipelines of several queues: choose one with --pipeline (env: SQS2PG_PIPELINE): orders, returns, order_items",
    ],
    [
      "table",
      "sqs2pg.yaml has several pipelines, and this command works on one: choose one with --pipeline (env: SQS2PG_PIPELINE): orders, returns, order_items",
    ],
  ])("or has to be, by a command that works on one %s", async (of, message) => {
    const needs = { database: false, key: "never", pipelines: of } as const;
    for (const env of [{}, { SQS2PG_PIPELINE: "" }, { SQS2PG_QUEUE: "orders" }]) {
      const error = await errorOf(() => resolve({ needs, env }));
      expect(error).toMatchObject({ code: "pipeline_ambiguous", message });
    }
  });

  test("none has to be where all have one queue, or the command needs neither", async () => {
    const oneQueue = SHOP.replace("queue: returns, ", "");
    const { pipelines } = await resolve({}, oneQueue);
    expect(pipelines.map(({ name }) => name)).toEqual(["orders", "returns", "order_items"]);
    const needs = { database: false, key: "never", pipelines: "any" } as const;
    expect((await resolve({ needs })).bookkeepingSchema).toBe("books");
    const table = { ...needs, pipelines: "table" } as const;
    expect((await errorOf(() => resolve({ needs: table }, oneQueue))).code).toBe("pipeline_ambiguous");
  });

  test("a name that is none gets the nearest one", async () => {
    const messageOf = async (given: Partial<ResolveOptions>, text?: string): Promise<string> => {
      const error = await errorOf(() => resolve(given, text));
      expect(error.code).toBe("pipeline_unknown");
      return error.message;
    };
    expect(await messageOf({ flags: { pipeline: "order_item" } })).toBe(
      '--pipeline: sqs2pg.yaml has no pipeline "order_item"; did you mean order_items?',
    );
    expect(await messageOf({ env: { SQS2PG_PIPELINE: "x" } })).toBe(
      'SQS2PG_PIPELINE: sqs2pg.yaml has no pipeline "x"; it can be orders, returns, order_items',
    );
    const flat = "queue: q\ntable: t\ncolumns: { c: { from: c, type: text } }\n";
    expect(await messageOf({ flags: { pipeline: "t" } }, flat)).toBe(
      "--pipeline: sqs2pg.yaml has one pipeline without a name: leave --pipeline out",
    );
    expect(await messageOf({ flags: { pipeline: "t" }, cwd: directory() })).toBe(
      "--pipeline: the built-in login pipeline has one pipeline without a name: leave --pipeline out",
    );
  });
});

describe("--queue", () => {
  test("takes the place of the queue of all that belong to the chosen one", async () => {
    for (const given of [{ flags: { pipeline: "order_items", queue: "other" } }]) {
      const { pipelines } = await resolve(given);
      expect(pipelines.map(({ name, queue }) => [name, queue])).toEqual([
        ["orders", "other"],
        ["order_items", "other"],
      ]);
    }
  });

  test("in the environment it does so with a notice", async () => {
    const env = { SQS2PG_QUEUE: "other" };
    const { pipeline, notices } = await resolve({ flags: { pipeline: "returns" }, env });
    expect(pipeline.queue).toBe("other");
    expect(notices).toEqual(["SQS2PG_QUEUE goes before the queue in sqs2pg.yaml: the queue is other"]);
  });

  test("is needed by those that have none", async () => {
    const text = "pipelines:\n  a: { table: t, columns: { c: { from: c, type: text } } }\n";
    expect(await problemsOf(() => resolve({}, text))).toEqual([
      "sqs2pg.yaml:2:3 pipelines.a.queue: is missing: set it here, by --queue or by SQS2PG_QUEUE",
    ]);
    expect((await resolve({ flags: { queue: "q" } }, text)).pipeline.queue).toBe("q");
  });
});

describe("--mask and keys", () => {
  test("concern all pipelines of the queue, and those without masks stay as they are", async () => {
    const { pipelines } = await resolve({ flags: { pipeline: "orders", mask: "redact" } });
    expect(pipelines.map(({ columns: [column] }) => column?.mask?.strategy)).toEqual([undefined, "redact"]);
    const unmasked = SHOP.replaceAll(", mask: hmac-sha256", "");
    const error = await errorOf(() => resolve({ flags: { pipeline: "orders", mask: "redact" } }, unmasked));
    expect(error.code).toBe("mask_unused");
  });

  test("the chosen one is one of the pipelines, also after its masks were replaced", async () => {
    const { pipeline, pipelines } = await resolve({ flags: { pipeline: "order_items", mask: "redact" } });
    expect(pipelines).toContain(pipeline);
  });

  test("a key is asked for where any of them needs one", async () => {
    const needs = { database: false, key: "for-masks" } as const;
    const flags = { pipeline: "orders" };
    expect((await errorOf(() => resolve({ flags, needs }))).code).toBe("key_missing");
    const env = { SQS2PG_MASK_KEY: generateKey() };
    expect((await resolve({ flags, needs, env })).keys.keys).toHaveLength(1);
  });
});

test.each<[raw: unknown, problems: string[]]>([
  [{ pipelines: null }, ["pipelines: must be a map, not null"]],
  [{ pipelines: [] }, ["pipelines: must be a map, not a list"]],
  [{ pipelines: {} }, ["pipelines: needs at least one pipeline"]],
  [{ pipelines: { a: 1 } }, ["pipelines.a: must be a map, not a number"]],
  [
    { queue: "q", table: "t", columns, pipelines: { a: { table: "t", columns } } },
    [
      "table: belongs to a pipeline: move it under pipelines",
      "columns: belongs to a pipeline: move it under pipelines",
    ],
  ],
  [
    { queue: "q", pipelines: { a: { table: "t", schema: "s", columns } } },
    ["pipelines.a.schema: is one for the whole file: move it to the top"],
  ],
  [{ queue: 1, pipelines: { a: { table: "t", columns } } }, ["queue: must be text, not a number"]],
  [
    { queue: "q", pipelines: { a: { tabel: "t", columns: { c: { ...columns.c, maks: 1 } } } } },
    [
      "pipelines.a.tabel: there is no such setting; did you mean table?",
      "pipelines.a.columns.c.maks: there is no such setting; did you mean mask?",
    ],
  ],
  [
    {
      queue: "q",
      pipelines: { a: { table: "t", columns: masked, pipelines: {} }, b: { table: "", columns: {} } },
    },
    [
      expect.stringMatching(/^pipelines\.a\.pipelines: there is no such setting; it can be queue, table, /),
      "pipelines.b.table: a name cannot be empty",
      "pipelines.b.columns: needs at least one column",
    ],
  ],
  [
    { queue: "q", pipelines: { "a b": { table: "t", columns }, "-a": { table: "t", columns } } },
    [
      'pipelines."a b": the name of a pipeline is made of letters, digits, _, - and dots, and does not begin with a dot or -',
      "pipelines.-a: the name of a pipeline is made of letters, digits, _, - and dots, and does not begin with a dot or -",
    ],
  ],
  [
    JSON.parse('{"queue":"q","pipelines":{"__proto__":{"table":"t"}}}'),
    ["pipelines.__proto__: cannot be the name of a pipeline"],
  ],
  [
    { queue: "q", pipeline: {}, table: "t", columns },
    ["pipeline: there is no such setting; did you mean pipelines?"],
  ],
])("%j has all its mistakes told", async (raw, problems) => {
  expect(await problemsIn(raw)).toEqual(problems);
});

describe("pipelines of one queue", () => {
  const notesOn = (...settings: Record<string, unknown>[]): [string, string][] => {
    const notes: [string, string][] = [];
    const raws = settings.map((raw, index) => ({
      ...{ name: `p${index}`, path: `pipelines.p${index}`, raw, queue: raw["queue"] ?? "q" },
    }));
    noteDisagreements(raws, (path, message) => notes.push([path, message]));
    return notes;
  };

  test("have to agree on what is the queue's", () => {
    const said =
      "has to be the same as in pipelines.p0: both read the same queue, and each message is read once for both";
    expect(notesOn({ envelope: "sns" }, { envelope: "sns" }, {}, { envelope: "auto" })).toEqual([
      ["pipelines.p2.envelope", said],
      ["pipelines.p3.envelope", said],
    ]);
    expect(notesOn({}, { encoding: "base64", s3_buckets: ["a"] })).toEqual([
      ["pipelines.p1.encoding", said],
      ["pipelines.p1.s3_buckets", said],
    ]);
  });

  test("can have it said once for all of them", () => {
    const body = { envelope: "sns", encoding: "base64", s3_buckets: ["payloads"] };
    const { all } = parsePipeline(
      {
        queue: "q",
        ...body,
        pipelines: { a: { table: "a", columns }, b: { table: "b", columns, queue: "r", encoding: "json" } },
      },
      { source: "f" },
    );
    expect(all.map(({ pipeline }) => [pipeline.queue, pipeline.body])).toEqual([
      ["q", { envelope: "sns", encoding: "base64", s3Buckets: ["payloads"] }],
      ["r", { envelope: "sns", encoding: "json", s3Buckets: ["payloads"] }],
    ]);
  });

  test("agree when they say the same in other words, or read other queues", () => {
    expect(notesOn({}, { envelope: "none", encoding: "json", s3_buckets: [] })).toEqual([]);
    expect(notesOn({ s3_buckets: ["a", "b"] }, { s3_buckets: ["b", "a", "b"] })).toEqual([]);
    expect(notesOn({ envelope: "sns" }, { queue: "other" })).toEqual([]);
    expect(notesOn({ envelope: "sns", table: "a" }, { envelope: "sns", table: "b" })).toEqual([]);
  });
});

test("a mask that another pipeline of the queue goes around is a notice", async () => {
  const pipelines = {
    a: { table: "t", columns: { mail: { from: "mail", type: "text", mask: "redact" } } },
    b: { table: "u", columns: { mail: { from: "mail", type: "text" } } },
    c: { queue: "elsewhere", table: "v", columns: { mail: { from: "mail", type: "text" } } },
  } as const;
  const needs = { database: false, key: "never" } as const;
  const flags = { pipeline: "a" };
  const { notices } = await resolveSettings({ pipeline: { queue: "q", pipelines }, flags, env: {}, needs });
  expect(notices).toEqual([expect.stringMatching(/^mail is masked in pipeline a, and pipeline b loads it/)]);
});
