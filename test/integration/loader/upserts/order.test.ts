import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../../../src/loader/migrations/migrate.js";
import type { LoadMessage } from "../../../../src/loader/store.js";
import { groupHash } from "../../../../src/loader/target-arrays.js";
import { useDatabase } from "../../../support/database.js";
import { DEFINITION, type Loader, loaderInto, readings, sentAt } from "./readings.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
let loaders: readonly Loader[];
/** What the table refuses. */
const BAD = "refused";

beforeAll(async () => {
  await database.query(`${DEFINITION}; alter table readings add check (value <> '${BAD}')`);
  loaders = Array.from({ length: 8 }, () => loaderInto(database, readings("update")));
});
afterAll(() => Promise.all(loaders.map(({ store }) => store.close())));

const table = (): ReturnType<typeof database.query> =>
  database.query("select device, at, value from readings order by device, at");
const clear = (): Promise<unknown> => database.query("truncate readings, sqs2pg.ledger, sqs2pg.newest");

const isBad = ({ rows }: LoadMessage): boolean => rows.some(({ values }) => values.includes(BAD));

/** What must be in the table when all of them have been loaded. */
function newestOf(messages: readonly LoadMessage[]): unknown[] {
  const inOrder = messages
    .filter((message) => !isBad(message))
    .toSorted(
      (one, other) =>
        one.sentAtMs - other.sentAtMs ||
        difference(hashOf(one), hashOf(other)) ||
        difference(BigInt(one.turn?.sequence ?? 0), BigInt(other.turn?.sequence ?? 0)) ||
        (one.messageId < other.messageId ? -1 : 1),
    );
  const rows = inOrder.flatMap((message) => message.rows.map(({ values }) => values));
  const newest = new Map(rows.map(([device, at, value]) => [`${device} ${at}`, { device, at, value }]));
  return [...newest].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

const difference = (one: bigint, other: bigint): number => (one < other ? -1 : Number(one > other));
const hashOf = ({ turn }: LoadMessage): bigint => BigInt(turn === undefined ? 0 : groupHash(turn.group));

const reading = fc.tuple(
  fc.constantFrom("a", "b", "c"),
  fc.constantFrom(1, 2),
  fc.string({ unit: "grapheme-ascii", maxLength: 4 }),
);
const good = fc.array(reading, { minLength: 1, maxLength: 4 });
/** The only row of its message: of several, one that gives way would let the others in. */
const refused = reading.map(([device, at]) => [[device, at, BAD] as const]);
/** Sequence numbers of any groups, which need not agree with the times; none is of a standard queue. */
const turn = fc.option(
  fc.record({
    group: fc.constantFrom("one", "two", "three"),
    sequence: fc.nat({ max: 1000 }).map((number) => `1884949646046769${number}`),
  }),
  { nil: undefined, freq: 6 },
);
const messages = (isFifo: boolean): fc.Arbitrary<LoadMessage[]> =>
  fc.array(
    fc
      .tuple(fc.nat({ max: 3 }), fc.oneof({ arbitrary: good, weight: 4 }, refused), turn)
      .map(([ms, rows, place]) => sentAt(ms, rows, isFifo ? place : undefined)),
    { minLength: 1, maxLength: 8 },
  );

/** Two orders of the same messages with some of them twice, cut into batches; each is for one of two loaders. */
const arrivals = fc.boolean().chain((isFifo) =>
  messages(isFifo).chain((sent) =>
    fc.record({
      sent: fc.constant(sent),
      order: fc.shuffledSubarray([...sent, ...sent], { minLength: sent.length, maxLength: sent.length * 2 }),
      cuts: fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), loader: fc.nat({ max: 1 }) }), {
        minLength: 1,
      }),
      isConcurrent: fc.boolean(),
    }),
  ),
);

test("whatever the order of arrival, batches and loaders: the same table", async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async ({ sent, order, cuts, isConcurrent }) => {
      await clear();
      // Each message at least once.
      const left = [...order, ...sent];
      const queues: (readonly LoadMessage[])[][] = [[], []];
      for (let turn = 0; left.length > 0; turn += 1) {
        const { size, loader } = cuts[turn % cuts.length] ?? { size: 1, loader: 0 };
        queues[loader]?.push(left.splice(0, size));
      }
      const run = async (place: number): Promise<void> => {
        for (const batch of queues[place] ?? []) {
          const result = await loaders[place]?.load(...batch);
          expect(result).toMatchObject({ error: null, unloaded: [], inDoubt: [] });
          const bad = batch.filter(isBad).map(({ messageId }) => messageId);
          for (const { messageId } of result?.rejects ?? []) expect(bad).toContain(messageId);
        }
      };
      if (isConcurrent) await Promise.all([run(0), run(1)]);
      else for (const place of [0, 1]) await run(place);
      expect(await table()).toEqual(newestOf(sent));
    }),
    { numRuns: 60 },
  );
});

test("eight loaders on the same keys need no second attempt, and the newest stays", async () => {
  await clear();
  const sent = Array.from({ length: 400 }, (_, index) =>
    sentAt(index % 97, [
      [`d${index % 7}`, index % 3, `v${index}`],
      [`d${(index * 3) % 7}`, (index + 1) % 3, `w${index}`],
    ]),
  );
  const results = await Promise.all(
    loaders.map(async ({ load }, place) => {
      const own = sent.filter((_, index) => index % loaders.length === place);
      const batches = Array.from({ length: 10 }, (_, batch) => own.slice(batch * 5, batch * 5 + 5));
      const done = [];
      for (const batch of batches) done.push(await load(...batch));
      return done;
    }),
  );
  expect(results.flat().filter(({ error }) => error !== null)).toEqual([]);
  expect(results.flat().reduce((sum, { statements }) => sum + statements, 0)).toBe(80);
  expect(results.flat().reduce((sum, { rows, superseded }) => sum + rows + superseded, 0)).toBe(800);
  expect(await table()).toEqual(newestOf(sent));
});
