import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCellUnmasker } from "../../../src/masked-data/unmask-cells.js";
import { createUnmaskPage, readingKey } from "../../../src/masked-data/unmask-column.js";
import {
  isReversible,
  reversibleColumn,
  reversibleColumns,
} from "../../../src/masked-data/unmask-columns.js";
import { createUnmaskTally, reportedError } from "../../../src/masked-data/unmask-report.js";
import {
  canonicalIp,
  createMask,
  generateKey,
  MASK_NAMES,
  type MaskSpec,
  NO_KEYS,
  parseKeys,
  STRATEGIES,
} from "../../../src/masking/index.js";
import { pipelineOf, usageErrorFrom } from "./unmask-support.js";

const keys = parseKeys([generateKey(), generateKey()].join("\n"));
const [first, second] = keys.keys.map(({ id }) => id);

describe("which column", () => {
  const pipeline = pipelineOf({ ip: { mask: "aes-siv" }, hash: { mask: "hmac-sha256" }, locale: {} });

  test("exactly those whose values can be got back", () => {
    for (const name of MASK_NAMES) {
      const column = pipelineOf({ a: { mask: name } }).columns[0];
      expect(column !== undefined && isReversible(column)).toBe(STRATEGIES[name].reversibleBy !== "nobody");
    }
    expect(reversibleColumns(pipeline).map(({ name }) => name)).toEqual(["ip"]);
  });

  test("by name", async () => {
    expect(reversibleColumn(pipeline, "ip", "--as").mask.strategy).toBe("aes-siv");
    const refused = (name: string, flag: "--as" | "--column" = "--as") =>
      usageErrorFrom(() => reversibleColumn(pipeline, name, flag));
    expect(await refused("hash")).toMatchObject({
      code: "mask_irreversible",
      message: "--as: column hash is masked with hmac-sha256, whose values cannot be got back",
    });
    expect(await refused("locale")).toMatchObject({
      code: "mask_irreversible",
      message: "--as: column locale is not masked",
    });
    expect((await refused("hahs")).message).toMatch(/no column "hahs"; did you mean hash\?$/);
    expect((await refused("nope", "--column")).message).toMatch(
      /; say --as COLUMN where it has another name/,
    );
  });

  test("none at all: what the pipeline has is said", async () => {
    const refused = (columns: Parameters<typeof pipelineOf>[0]) =>
      usageErrorFrom(() => reversibleColumns(pipelineOf(columns)));
    expect((await refused({ a: { mask: "sha256" }, b: {} })).message).toContain("(a sha256)");
    expect((await refused({ b: {} })).message).toContain("(no column of it is masked)");
  });
});

describe("masks that do not name their key", () => {
  const ff1: MaskSpec = { strategy: "ff1", domain: "id" };

  test("read with the first one, or the one that the pipeline names", async () => {
    expect([readingKey(ff1, keys), readingKey({ ...ff1, keyId: second ?? "" }, keys)]).toEqual([
      first,
      second,
    ]);
    expect(readingKey({ strategy: "aes-siv", domain: "id" }, keys)).toBeUndefined();
    expect(readingKey({ strategy: "token", domain: "id" }, keys)).toBeUndefined();
    for (const spec of [ff1, { ...ff1, keyId: second ?? "" }]) {
      const value = createMask(spec, keys)("593-47-5928") ?? "";
      const page = createUnmaskPage(spec, { keys, lookUp: undefined });
      expect(await page([value])).toEqual([{ value: "593-47-5928" }]);
    }
  });

  test("without a key each value fails, and nothing is thrown", async () => {
    const without = createUnmaskPage(ff1, { keys: NO_KEYS, lookUp: undefined });
    expect(await without(["593-47-5928"])).toEqual([
      {
        failure: {
          code: "key_not_held",
          message: "it was masked with a masking key, and none is given",
        },
      },
    ]);
    const named = createUnmaskPage({ ...ff1, keyId: "0badc0de" }, { keys, lookUp: undefined });
    expect(await named(["593-47-5928"])).toMatchObject([
      { failure: { message: "it was masked with the key 0badc0de, which is not among the keys" } },
    ]);
  });
});

test("cells: any rows come back as they were before they were masked", async () => {
  const columns = [
    { name: "ip", index: 1, mask: { strategy: "aes-siv", domain: "ip" } as const },
    { name: "card", index: 2, mask: { strategy: "aes-gcm", domain: "card" } as const },
  ];
  const unmask = createCellUnmasker(columns, { keys, lookUp: undefined });
  const cell = fc.option(fc.string({ unit: "grapheme", minLength: 1 }));
  const property = fc.asyncProperty(fc.array(fc.tuple(fc.integer(), cell, cell)), async (rows) => {
    const masks = columns.map(({ mask }) => createMask(mask, keys));
    const stored = rows.map(([id, ...cells]) => [
      id,
      ...cells.map((value, index) => (value === null ? null : (masks[index]?.(value) ?? ""))),
    ]);
    const tally = createUnmaskTally();
    const { cells, failures } = await unmask(stored, tally);
    const expected = rows.map(([id, ip, card]) => [id, ip === null ? null : canonicalIp(ip), card]);
    expect(cells).toEqual(expected);
    expect(failures).toEqual(rows.map(() => []));
    const values = rows.flatMap(([, ...all]) => all).filter((value) => value !== null);
    expect({ done: tally.done, failed: tally.failed }).toEqual({ done: values.length, failed: 0 });
  });
  await fc.assert(property, { numRuns: 100 });
});

test("cells that fail keep what they held, and are told with their columns", async () => {
  const mask = { strategy: "aes-siv", domain: "ip" } as const;
  const unmask = createCellUnmasker([{ name: "ip", index: 0, mask }], { keys, lookUp: undefined });
  const tally = createUnmaskTally();
  const good = createMask(mask, keys)("1.2.3.4") ?? "";
  const { cells, failures } = await unmask(
    [
      ["plain", 7],
      [good, 7],
      ["", 7],
      [null, 7],
    ],
    tally,
  );
  expect(cells).toEqual([
    ["plain", 7],
    ["1.2.3.4", 7],
    ["", 7],
    [null, 7],
  ]);
  expect(failures.map((ofRow) => ofRow.map(({ column, code }) => [column, code]))).toEqual([
    [["ip", "not_masked"]],
    [],
    [],
    [],
  ]);
  expect({ done: tally.done, failed: tally.failed, failures: tally.failures() }).toEqual({
    done: 1,
    failed: 1,
    failures: [{ code: "not_masked", count: 1 }],
  });
});

test("what was not foreseen says nothing about itself", () => {
  expect(reportedError(new Error("canary")).message).not.toContain("canary");
});
