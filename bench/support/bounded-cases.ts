import { inDatabase } from "./drain-run.js";
import { messageIdOf, type Traffic } from "./load-queue.js";
import { isRow, type LargeTrafficOptions, largeTraffic, loginTraffic, MEBIBYTE } from "./traffic.js";

/** What is to come out of a case, to the message. */
export interface Expected {
  readonly loaded: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly deleted: number;
  readonly exitCode: number;
}

export interface BoundedCase {
  readonly name: string;
  readonly traffic: Traffic;
  /** Of all bodies together. */
  readonly mebibytes: number;
  readonly args: readonly string[];
  readonly prepare: (databaseUrl: string) => Promise<void>;
  readonly expected: Expected;
}

const nothing = (): Promise<void> => Promise.resolve();

/** All cases; `scale` makes them smaller, for a try. */
export function boundedCases(scale = 1): readonly BoundedCase[] {
  const large = Math.ceil(2_000 * scale);
  return [
    million(Math.ceil(1_000_000 * scale)),
    largeCase("1 MiB rows", large, { kind: "rows" }),
    largeCase("1 MiB rows, two bytes a character", large, { kind: "rows", isWide: true }),
    largeCase("1 MiB rejects, left", large, { kind: "rejects" }),
    largeCase("1 MiB rejects, quarantined", large, { kind: "rejects" }, true),
    largeCase(
      "1 MiB rejects, quarantined, two bytes a character",
      large,
      { kind: "rejects", isWide: true },
      true,
    ),
    duplicates(Math.ceil(100_000 * scale)),
  ];
}

function million(count: number): BoundedCase {
  const traffic = loginTraffic(count);
  let bytes = 0;
  let rejected = 0;
  for (let index = 0; index < count; index += 1) {
    const body = traffic.body(index);
    bytes += Buffer.byteLength(body);
    if (!body.includes("user_id")) rejected += 1;
  }
  const loaded = count - rejected;
  return {
    name: "login events, 1% of them rejects",
    traffic,
    mebibytes: bytes / MEBIBYTE,
    args: [],
    prepare: nothing,
    expected: { loaded, duplicates: 0, rejected, deleted: loaded, exitCode: rejected > 0 ? 3 : 0 },
  };
}

function largeCase(
  name: string,
  count: number,
  options: LargeTrafficOptions,
  isQuarantine = false,
): BoundedCase {
  const loaded = Array.from({ length: count }, (_, index) => isRow(index, options.kind)).filter(
    Boolean,
  ).length;
  const rejected = count - loaded;
  return {
    name,
    traffic: largeTraffic(count, options),
    mebibytes: count,
    args: isQuarantine ? ["--on-reject", "quarantine"] : [],
    prepare: nothing,
    expected: {
      loaded,
      duplicates: 0,
      rejected,
      deleted: isQuarantine ? count : loaded,
      exitCode: rejected > 0 ? 3 : 0,
    },
  };
}

function duplicates(count: number): BoundedCase {
  const traffic = loginTraffic(count, { foreign: 0 });
  let bytes = 0;
  for (let index = 0; index < count; index += 1) bytes += Buffer.byteLength(traffic.body(index));
  return {
    name: "login events, all of them duplicates",
    traffic,
    mebibytes: bytes / MEBIBYTE,
    args: [],
    prepare: (databaseUrl) =>
      inDatabase(databaseUrl, async (client) => {
        const ids = Array.from({ length: count }, (_, index) => messageIdOf(index));
        await client.query(
          `insert into sqs2pg.ledger (message_id, run_id, loaded_at)
           select message_id, gen_random_uuid(), now() from unnest($1::uuid[]) as t(message_id)`,
          [ids],
        );
      }),
    expected: { loaded: 0, duplicates: count, rejected: 0, deleted: count, exitCode: 0 },
  };
}
