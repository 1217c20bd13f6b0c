import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import {
  createMask,
  createTokenizer,
  createUnmask,
  createVaultOpener,
  generateKey,
  generateKeyPair,
  MASK_NAMES,
  type MaskName,
  type MaskSpec,
  parseKeys,
  STRATEGIES,
  withSealer,
} from "../src/masking/index.js";
import { MASK_VALUES, type ValueKind } from "./support/mask-values.js";
import { type Contender, measureRates, medianOf, processorMs } from "./support/rates.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";

/**
 * Measures how many values a second each mask masks, and unmasks where it can, beside a plain
 * `createHash("sha256").update(value).digest("hex")` loop over the same values in the same run.
 *
 *     npm run bench:masking -- [--rounds 11] [--only TEXT]
 *
 * Only a run with nothing left out is written into RESULTS.md.
 */
const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "11" }, only: { type: "string", default: "" } },
});
const rounds = Number(flags.rounds);
const LEAST_MS = 100;
/** Between two looks at the clock. */
const PIECE = 1_000;
const PLAIN = "plain SHA-256 loop";
/** Of distinct IPv4 addresses a second. */
const TARGETS: readonly (readonly [MaskName, number])[] = [
  ["hmac-sha256", 500_000],
  ["aes-siv", 150_000],
];

const keys = await withSealer(parseKeys(`${generateKey()}\n${(await generateKeyPair()).privateKey}`));
const names = MASK_NAMES.filter((name) => name.includes(flags.only));
const masked = new Map<string, ReadonlyMap<string, readonly number[]>>();
const unmasked = new Map<string, ReadonlyMap<string, readonly number[]>>();
for (const kind of Object.keys(MASK_VALUES) as ValueKind[]) {
  const suited = names.filter((name) => suits(name, kind));
  const options = { rounds, leastMs: LEAST_MS, now: processorMs, prepare: () => globalThis.gc?.() };
  masked.set(
    kind,
    await measureRates([plainLoop(kind), ...suited.map((name) => masking(name, kind))], options),
  );
  const backwards = await Promise.all(suited.map((name) => unmasking(name, kind)));
  unmasked.set(kind, await measureRates([plainLoop(kind), ...backwards.flat()], options));
}

const text = [
  `${machineLine()} One core, processor time of the whole process, median of ${rounds} rounds.`,
  "Masked a second:",
  tableOf(masked),
  "Unmasked a second (`token`: what the vault holds is opened):",
  tableOf(unmasked),
  ...TARGETS.filter(([name]) => names.includes(name)).map(([name, target]) => {
    const rate = medianOf(masked.get("IPv4")?.get(name) ?? []);
    return `Distinct IPv4 addresses under ${name}: at least ${rounded(target)} a second wanted, ${rate >= target ? "reached" : "missed"}.`;
  }),
].join("\n\n");
process.stdout.write(`${text}\n`);
if (flags.only === "") await writeSection("masking", text);

/** Values that a mask is meant for. */
function suits(name: MaskName, kind: ValueKind): boolean {
  const isAddress = kind !== "device ids";
  return name === "ff1" ? !isAddress : isAddress || STRATEGIES[name].output === "text";
}

function plainLoop(kind: ValueKind): Contender {
  return contender(PLAIN, MASK_VALUES[kind], (value) => createHash("sha256").update(value).digest("hex"));
}

function masking(strategy: MaskName, kind: ValueKind): Contender {
  const spec: MaskSpec = { strategy, domain: "ip" };
  const mask = strategy === "token" ? createTokenizer(spec, keys) : createMask(spec, keys);
  return contender(strategy, MASK_VALUES[kind], mask);
}

/** None where there is no way back. */
async function unmasking(strategy: MaskName, kind: ValueKind): Promise<Contender[]> {
  const spec: MaskSpec = { strategy, domain: "ip" };
  if (strategy === "token") {
    const entries = MASK_VALUES[kind].map(createTokenizer(spec, keys));
    return [contender(strategy, entries, createVaultOpener("ip", keys))];
  }
  if (STRATEGIES[strategy].createUnmask === undefined) return [];
  const outputs = MASK_VALUES[kind].map((value) => createMask(spec, keys)(value) ?? "");
  const unmask = createUnmask(spec, keys);
  if (strategy !== "sealed") return [contender(strategy, outputs, unmask)];
  const nextPiece = pieces(outputs);
  const work = async (): Promise<void> => {
    for (const output of nextPiece()) await unmask(output);
  };
  return [{ name: strategy, values: PIECE, work }];
}

function contender<Value>(name: string, values: readonly Value[], use: (value: Value) => unknown): Contender {
  const nextPiece = pieces(values);
  const work = (): void => {
    for (const value of nextPiece()) use(value);
  };
  return { name, values: PIECE, work };
}

/** The values in pieces, from the beginning again after the last one. */
function pieces<Value>(values: readonly Value[]): () => readonly Value[] {
  let start = -PIECE;
  return () => {
    start = (start + PIECE) % values.length;
    return values.slice(start, start + PIECE);
  };
}

/** A row for each contender, a column for each kind of values; in brackets how many times the plain loop's rate it is. */
function tableOf(byKind: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>): string {
  const all = new Set(
    [PLAIN, ...names].filter((name) => [...byKind.values()].some((rates) => rates.has(name))),
  );
  return markdownTable(
    Array.from(all, (name) => ({
      mask: name,
      ...Object.fromEntries(
        Array.from(byKind, ([kind, rates]) => [kind, cell(rates.get(name), rates.get(PLAIN) ?? [])]),
      ),
    })),
  );
}

function cell(rates: readonly number[] | undefined, plain: readonly number[]): string {
  if (rates === undefined) return "";
  const ratio = medianOf(rates.map((rate, round) => rate / (plain[round] ?? Number.NaN)));
  return `${rounded(medianOf(rates))} (${Number(ratio.toPrecision(2))})`;
}

function rounded(rate: number): string {
  return Number(rate.toPrecision(3)).toLocaleString("en-US");
}
