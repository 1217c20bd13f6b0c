import { describe, expect, test } from "vitest";
import type { VaultedToken } from "../../../src/loader/vault.js";
import { createBareUnmaskPage } from "../../../src/masked-data/unmask-bare.js";
import type { LookUpTokens } from "../../../src/masked-data/unmask-column.js";
import { reversibleColumns } from "../../../src/masked-data/unmask-columns.js";
import type { Unmasked } from "../../../src/masked-data/unmask-outcome.js";
import {
  createMask,
  createTokenizer,
  generateKey,
  generateKeyPair,
  type Keyring,
  type MaskName,
  parseKeys,
  withSealer,
} from "../../../src/masking/index.js";
import { pipelineOf } from "./unmask-support.js";

const PIPELINE = pipelineOf({
  ip: { mask: "aes-siv" },
  other_ip: { from: "ip", mask: "aes-siv" },
  device: { mask: "aes-siv" },
  card: { mask: "aes-gcm" },
  mail: { mask: "sealed" },
  name: { mask: "sealed" },
  phone: { mask: "token" },
  city: { mask: "token" },
  locale: {},
  hash: { mask: "hmac-sha256" },
});
const keys = parseKeys([generateKey(), (await generateKeyPair()).privateKey].join("\n"));
const columns = reversibleColumns(PIPELINE);

function masked(strategy: MaskName, domain: string, value: string, keyring: Keyring = keys): string {
  return createMask({ strategy, domain }, keyring)(value) ?? "";
}

/** A vault with these values; what it was asked for is in `asked`. */
function vaultOf(values: Readonly<Record<string, readonly string[]>>): {
  readonly tokens: Readonly<Record<string, string>>;
  readonly asked: string[][];
  readonly lookUp: LookUpTokens;
} {
  const entries = Object.entries(values).flatMap(([domain, list]) =>
    list.map((value) => ({ value, ...createTokenizer({ strategy: "token", domain }, keys)(value) })),
  );
  const asked: string[][] = [];
  return {
    tokens: Object.fromEntries(entries.map(({ value, token }) => [value, token])),
    asked,
    lookUp: async (tokens) => {
      asked.push([...tokens]);
      const found = entries.filter(({ token }) => tokens.includes(token));
      return new Map<string, VaultedToken>(found.map((entry) => [entry.token, entry]));
    },
  };
}

async function unmask(
  values: readonly string[],
  { keyring = keys, lookUp }: { readonly keyring?: Keyring; readonly lookUp?: LookUpTokens } = {},
): Promise<readonly Unmasked[]> {
  return createBareUnmaskPage(columns, { keys: keyring, lookUp })(values);
}

const brief = (outcomes: readonly Unmasked[]): string[] =>
  outcomes.map((outcome) => ("value" in outcome ? outcome.value : outcome.failure.code));

describe("values that say their mask", () => {
  test("are found in whichever field they are from, all masks mixed, each in its place", async () => {
    const sealing = await withSealer(keys);
    const { tokens, asked, lookUp } = vaultOf({ phone: ["0171", "0172"], city: ["Rome"] });
    const given = [
      masked("aes-siv", "device", "593-47-5928"),
      tokens["Rome"] ?? "",
      masked("aes-siv", "ip", "1.2.3.4"),
      masked("sealed", "name", "ann", sealing),
      masked("aes-gcm", "card", "4111"),
      tokens["0172"] ?? "",
      masked("sealed", "mail", "a@b", sealing),
      tokens["0172"] ?? "",
    ];
    expect(brief(await unmask(given, { lookUp }))).toEqual([
      ...["593-47-5928", "Rome", "1.2.3.4", "ann", "4111", "0172", "a@b", "0172"],
    ]);
    // Each token once; only what is not of the first domain is asked for again.
    expect(asked).toEqual([[tokens["Rome"], tokens["0172"]], [tokens["Rome"]]]);
  });

  test("one that fails harms no other", async () => {
    const good = masked("aes-siv", "ip", "1.2.3.4");
    const other = masked("aes-siv", "ip", "1.2.3.4", parseKeys(generateKey()));
    const flipped = good.slice(0, -3) + (good.at(-3) === "A" ? "B" : "A") + good.slice(-2);
    const elsewhere = masked("aes-siv", "elsewhere", "1.2.3.4");
    const outcomes = await unmask([good, other, "", "plain", flipped, elsewhere, good]);
    expect(brief(outcomes)).toEqual([
      ...["1.2.3.4", "key_not_held", "not_masked", "not_masked", "tampered", "tampered", "1.2.3.4"],
    ]);
    const [, wrongKey] = outcomes;
    const message = `it was masked with the key ${other.slice(3, 11)}, which is not among the keys`;
    expect(wrongKey).toEqual({ failure: { code: "key_not_held", message } });
    expect(JSON.stringify(outcomes)).not.toContain(other.slice(12));
  });

  test("a private key that is not there is named as such", async () => {
    const stranger = await withSealer(parseKeys((await generateKeyPair()).publicKey));
    const [outcome] = await unmask([masked("sealed", "mail", "a@b", stranger)]);
    expect(outcome).toMatchObject({
      failure: { code: "key_not_held", message: expect.stringContaining(stranger.sealer?.keyId ?? "none") },
    });
  });
});

describe("tokens", () => {
  test("that the vault does not have are forgotten", async () => {
    const { tokens } = vaultOf({ phone: ["0171"] });
    expect(brief(await unmask([tokens["0171"] ?? ""], { lookUp: vaultOf({}).lookUp }))).toEqual([
      "forgotten",
    ]);
  });

  test("of no field of the pipeline", async () => {
    const { tokens, lookUp } = vaultOf({ elsewhere: ["0171"] });
    const failure = { code: "tampered", message: "it is a token of another field" };
    expect(await unmask([tokens["0171"] ?? ""], { lookUp })).toEqual([{ failure }]);
  });

  test("without a database; the rest is done", async () => {
    const { tokens } = vaultOf({ phone: ["0171"] });
    const outcomes = await unmask([tokens["0171"] ?? "", masked("aes-siv", "ip", "1.2.3.4")]);
    expect(brief(outcomes)).toEqual(["vault_needed", "1.2.3.4"]);
  });

  test("under a key that is not held", async () => {
    const { tokens, lookUp } = vaultOf({ phone: ["0171"] });
    const keyring = parseKeys(generateKey());
    expect(brief(await unmask([tokens["0171"] ?? ""], { lookUp, keyring }))).toEqual(["key_not_held"]);
  });
});

describe("values that say nothing", () => {
  const failureFor = async (mask: MaskName | undefined): Promise<string> => {
    const pipeline = pipelineOf({ ip: { mask: "aes-siv" }, id: mask === undefined ? {} : { mask } });
    const page = createBareUnmaskPage(reversibleColumns(pipeline), { keys, lookUp: undefined });
    const [outcome] = await page(["593-47-5928"]);
    return outcome !== undefined && "failure" in outcome ? outcome.failure.message : "a value";
  };

  test("need their column, where the pipeline has such masks", async () => {
    expect(await failureFor("ff1")).toMatch(/for a value of ff1 or ip-prefix, .* say --as COLUMN$/);
    expect(await failureFor("ip-prefix")).toMatch(/say --as COLUMN$/);
    expect(await failureFor(undefined)).toBe(
      "it has none of the forms of a masked value: s1., g1., p1. or t1.",
    );
  });

  test("a mask that no column of the pipeline has", async () => {
    const page = createBareUnmaskPage(reversibleColumns(pipelineOf({ id: { mask: "ff1" } })), {
      keys,
      lookUp: undefined,
    });
    expect(brief(await page([masked("aes-gcm", "ip", "1.2.3.4")]))).toEqual(["mask_not_in_pipeline"]);
  });
});
