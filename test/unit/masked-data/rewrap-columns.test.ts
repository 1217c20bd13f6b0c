import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { ColumnConfig } from "../../../src/config/schema.js";
import type { ColumnUse } from "../../../src/loader/key-uses.js";
import { type SortedColumns, sortColumns } from "../../../src/masked-data/rewrap-columns.js";
import { generateKey, generateKeyPair, parseKey, parseKeys } from "../../../src/masking/index.js";

const [NEW, OLD] = [generateKey(), generateKey()];
const [newId, oldId] = [parseKey(NEW).id, parseKey(OLD).id];
const pair = await generateKeyPair();
const [pairId] = parseKeys(pair.privateKey).publicKeys.map(({ id }) => id);

type Mask = NonNullable<ColumnConfig["mask"]>;

function sorted(mask: Mask, keyLines = `${NEW}\n${OLD}`, recorded: readonly ColumnUse[] = []): SortedColumns {
  const columns = { ip: { from: "ip", type: "text", mask } };
  const { pipeline } = parsePipeline({ queue: "q", table: "t", columns }, { source: "test" });
  return sortColumns(pipeline, parseKeys(keyLines), recorded);
}

const companionUse = (keyId: string): ColumnUse => ({
  ...{ kind: "column", keyId, table: "t", column: "ip_hmac", strategy: "hmac-sha256", domain: "ip" },
  ...{ isCurrent: false, firstUsedAt: new Date(), lastUsedAt: new Date() },
});

describe("columns whose values name their key", () => {
  test.each<[Mask, scheme: string]>([
    ["aes-siv", "s1"],
    ["aes-gcm", "g1"],
  ])("%s: all but the first key are opened", (mask, scheme) => {
    expect(sorted(mask)).toMatchObject({
      rewrappable: [{ name: "ip", scheme, wantedKeyId: newId, openedKeyIds: [oldId] }],
      fixed: [],
    });
  });

  test("key_id pins the wanted one", () => {
    expect(sorted({ strategy: "aes-siv", key_id: oldId }).rewrappable).toMatchObject([
      { wantedKeyId: oldId, openedKeyIds: [newId] },
    ]);
  });

  test("sealed: private keys open, the first public key seals", () => {
    expect(sorted("sealed", `${NEW}\n${pair.privateKey}`).rewrappable).toMatchObject([
      { scheme: "p1", wantedKeyId: pairId, openedKeyIds: [] },
    ]);
    expect(sorted("sealed", `${NEW}\n${pair.publicKey}`)).toMatchObject({
      rewrappable: [],
      fixed: [{ column: "ip", strategy: "sealed" }],
    });
  });
});

describe("a companion", () => {
  test("goes along with its column", () => {
    const { rewrappable, fixed } = sorted({ strategy: "aes-gcm", companion: "ip_hmac" }, undefined, [
      companionUse(oldId),
    ]);
    expect(rewrappable).toMatchObject([{ companion: "ip_hmac", openedKeyIds: [oldId] }]);
    expect(fixed).toEqual([]);
  });

  test("of sealed is compared where its own key has changed, and only there", () => {
    const mask: Mask = { strategy: "sealed", companion: "ip_hmac" };
    const opened = (recorded: readonly ColumnUse[]): unknown =>
      sorted(mask, `${NEW}\n${OLD}\n${pair.privateKey}`, recorded).rewrappable[0]?.openedKeyIds;
    expect(opened([companionUse(oldId)])).toEqual([pairId]);
    expect(opened([companionUse(newId)])).toEqual([]);
    expect(opened([{ ...companionUse(oldId), column: "other" }])).toEqual([]);
    expect(opened([])).toEqual([]);
  });

  test("of what stays sealed stays, too", () => {
    const mask: Mask = { strategy: "sealed", companion: "ip_hmac" };
    expect(sorted(mask, `${NEW}\n${pair.publicKey}`).fixed).toMatchObject([
      { column: "ip" },
      { column: "ip_hmac" },
    ]);
  });
});

describe("masks that cannot be rewrapped", () => {
  test.each<[Mask, RegExp]>([
    ["hmac-sha256", /no way back from a hash/],
    [{ strategy: "ip-truncate", on_invalid: "hmac" }, /no way back from the hashes of what is no address/],
    ["ip-prefix", /do not say which key they have/],
    ["ff1", /do not say which key they have/],
  ])("%o says why", (mask, reason) => {
    expect(sorted(mask)).toEqual({
      rewrappable: [],
      fixed: [expect.objectContaining({ column: "ip", reason: expect.stringMatching(reason) })],
    });
  });

  test.each<Mask>(["sha256", "redact", "partial", "null", "ip-truncate", "token"])(
    "%s has nothing to say",
    (mask) => {
      expect(sorted(mask)).toEqual({ rewrappable: [], fixed: [] });
    },
  );
});
