import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Pipeline } from "../../../src/config/pipeline.js";
import { problemsOf } from "./support.js";

const base = { queue: "q", table: "t", columns: { a: { from: "a", type: "text" } } };

function parse(settings: Readonly<Record<string, unknown>>): Pipeline {
  return parsePipeline({ ...base, ...settings }, { source: "sqs2pg.yaml" }).pipeline;
}

test("what a file says of bodies", () => {
  const pipeline = parse({
    envelope: "auto",
    encoding: "gzip+base64",
    records: "order.items",
    match: {
      kind: "created",
      "$.version": [1, 2, null],
      "$attributes.tenant": ["a", "b"],
      "$envelope.detail-type": "Order Placed",
      paid: true,
    },
    s3_buckets: ["payloads", "my.payloads-2"],
  });
  expect(pipeline).toMatchObject({
    body: { envelope: "auto", encoding: "gzip+base64", s3Buckets: ["payloads", "my.payloads-2"] },
    records: ["order", "items"],
    match: [
      { from: { kind: "record", path: ["kind"] }, values: ["created"] },
      { from: { kind: "record", root: true, path: ["version"] }, values: [1, 2, null] },
      { from: { kind: "attribute", name: "tenant" }, values: ["a", "b"] },
      { from: { kind: "envelope", path: ["detail-type"] }, values: ["Order Placed"] },
      { from: { kind: "record", path: ["paid"] }, values: [true] },
    ],
  });
});

describe("mistakes", () => {
  test.each<[settings: Readonly<Record<string, unknown>>, problem: string | RegExp]>([
    [{ envelope: "sms" }, 'envelope: there is no "sms"; did you mean sns?'],
    [{ encoding: "gzip" }, /^encoding: there is no "gzip"/],
    [{ encoding: null }, /^encoding: must be one of json, base64, gzip\+base64/],
    [{ records: 7 }, "records: must be text, not a number"],
    [{ records: "a..b" }, /^records: "a\.\.b" is no path/],
    [
      { records: "$attributes.a" },
      "records: must be a path into the body, such as order.items, and $attributes.a is none",
    ],
    [{ records: "$envelope.resources", envelope: "auto" }, /^records: must be a path into the body/],
    [{ match: "created" }, "match: must be a map, not a string"],
    [{ match: {} }, "match: needs at least one path, or leave it out"],
    [{ match: { a: [] } }, "match.a: needs at least one value"],
    [
      { match: { a: { b: 1 } } },
      "match.a: must be text, a number, true, false, null or a list of these, not a map",
    ],
    [{ match: { a: [["b"]] } }, "match.a.0: must be text, a number, true, false or null, not a list"],
    [{ match: { "a.b": ["x", "x"] } }, 'match."a.b": lists a value twice'],
    [{ match: { "a..b": "x" } }, /^match\."a\.\.b": "a\.\.b" is no path/],
    [{ match: { a: "x\u0000" } }, "match.a: cannot hold a NUL or a lone surrogate"],
    [{ match: { a: [1, 2 ** 53] } }, /^match\.a: holds a number beyond 2\^53/],
    [{ match: { $queue: "x" } }, /^match\.\$queue: \$queue cannot be matched: only values of the body/],
    [
      { match: { "$attributes.a": 7 } },
      'match."$attributes.a": message attributes are text: write "7" in quotes',
    ],
    [{ match: { a: 1, "$.a": 2 } }, 'match."$.a": is the same place as "a": give all its values in one list'],
    [{ match: { "$envelope.source": "x" } }, /^match\."\$envelope\.source": .* needs an envelope/],
    [
      { columns: { a: { from: "$envelope.time", type: "timestamptz" } } },
      "columns.a.from: $envelope.time needs an envelope: set envelope to sns, eventbridge or auto",
    ],
    [
      { envelope: "sns", columns: { a: { from: "$envelope.Message", type: "text" } } },
      'columns.a.from: "$envelope.Message" is the record itself: read it by its own paths',
    ],
    [
      { envelope: "sns", columns: { a: { from: '$envelope["MessageAttributes"].a.Value', type: "text" } } },
      /^columns\.a\.from: .* holds message attributes: read them as \$attributes\.NAME$/,
    ],
    [
      { envelope: "sns", match: { "$envelope.Subject": "a", '$envelope["Subject"]': "b" } },
      /is the same place as "\$envelope\.Subject"/,
    ],
    [{ match: { 'a["b"]': 1, "a.b": 2 } }, /is the same place as/],
    [
      {
        envelope: "sns",
        columns: {
          a: { from: "$envelope.Subject", type: "text" },
          b: { from: "$envelope.Subject", type: "text", mask: "sha256" },
        },
      },
      /^columns\.a\.from: \$envelope\.Subject is masked by column b/,
    ],
    [{ s3_buckets: [] }, "s3_buckets: needs at least one bucket, or leave it out"],
    [{ s3_buckets: "b" }, "s3_buckets: must be a list, not a string"],
    [{ s3_buckets: ["Upper"] }, 's3_buckets.0: "Upper" is no name of a bucket'],
    [{ s3_buckets: ["arn:aws:s3:::b"] }, /is no name of a bucket$/],
    [{ s3_buckets: ["one", "one"] }, "s3_buckets.1: one is listed twice"],
    [{ envelop: "sns" }, "envelop: there is no such setting; did you mean envelope?"],
  ])("%j", async (settings, problem) => {
    const problems = await problemsOf(() => parse(settings));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test("with records, a path of an element and one of the whole are two places", () => {
    expect(parse({ records: "items", match: { a: 1, "$.a": 2 } }).match).toHaveLength(2);
  });
});

describe("pipelines of one queue", () => {
  const problemsOfBoth = (
    one: Readonly<Record<string, unknown>>,
    other: Readonly<Record<string, unknown>>,
  ) => {
    const { queue, ...pipeline } = base;
    const pipelines = { orders: { ...pipeline, ...one }, items: { ...pipeline, ...other } };
    return problemsOf(() => parsePipeline({ queue, pipelines }, { source: "sqs2pg.yaml" }));
  };

  test("agree on how bodies are read, or the file is wrong, setting by setting", async () => {
    const problems = await problemsOfBoth({ envelope: "sns", encoding: "base64" }, { s3_buckets: ["one"] });
    expect(problems).toEqual([
      expect.stringMatching(/^pipelines\.items\.envelope: has to be the same as in pipelines\.orders/),
      expect.stringMatching(/^pipelines\.items\.encoding: has to be/),
      expect.stringMatching(/^pipelines\.items\.s3_buckets: has to be/),
    ]);
  });

  test("have their mistakes under their names", async () => {
    const problems = await problemsOfBoth({ match: { a: 1, "$.a": 2 } }, { records: "a..b" });
    expect(problems).toEqual([
      expect.stringMatching(/^pipelines\.orders\.match\."\$\.a": is the same place as "a"/),
      expect.stringMatching(/^pipelines\.items\.records: "a\.\.b" is no path/),
    ]);
  });
});
