import { expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { exposureNotices } from "../../../src/config/shared-exposure.js";

interface Raw {
  readonly columns: Readonly<Record<string, unknown>>;
  readonly [setting: string]: unknown;
}

const masks = { ip: { from: "client.ip", type: "text", mask: "redact" } };

function notices(one: Raw, other: Raw): string[] {
  const raw = { queue: "q", pipelines: { one: { table: "a", ...one }, other: { table: "b", ...other } } };
  const { all } = parsePipeline(raw, { source: "c.yaml" });
  return exposureNotices(all.map(({ pipeline }) => pipeline));
}

test.each([
  ["the same path", { columns: { raw: { from: "client.ip", type: "text" } } }],
  ["from the root", { columns: { raw: { from: "$.client.ip", type: "inet" } } }],
  ["what is around it", { columns: { raw: { from: "client", type: "jsonb" } } }],
  ["all the rest", { columns: { id: { from: "id", type: "text" }, raw: { from: "$rest", type: "jsonb" } } }],
  ["what is inside", { columns: { raw: { from: "client.ip.v4", type: "text" } } }],
])("another pipeline loads in the clear what one masks: %s", (_what, other) => {
  expect(notices({ columns: masks }, other)).toEqual([
    "client.ip is masked in pipeline one, and pipeline other loads it in the clear (column raw): a mask holds in its own pipeline only",
  ]);
});

test.each<[string, Raw, Raw]>([
  ["it masks it, too", { columns: masks }, { columns: masks }],
  ["it is of something else", { columns: masks }, { columns: { id: { from: "client.id", type: "text" } } }],
  [
    "its own columns take it out",
    { columns: masks },
    { columns: { ...masks, raw: { from: "client", type: "jsonb" }, rest: { from: "$rest", type: "jsonb" } } },
  ],
  [
    "no record goes to both",
    { match: { kind: "a" }, columns: masks },
    { match: { "$.kind": ["b", "c"] }, columns: { raw: { from: "client.ip", type: "text" } } },
  ],
  [
    "it reads another record",
    { records: "items", columns: { ip: { from: "ip", type: "text", mask: "redact" } } },
    { columns: { raw: { from: "ip", type: "text" } } },
  ],
])("no notice where %s", (_what, one, other) => {
  expect(notices(one, other)).toEqual([]);
});
