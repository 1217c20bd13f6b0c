import { expect } from "vitest";
import type { Bench, Drained } from "./bench.js";
import { outcomes } from "./bench.js";
import {
  batchesLoaded,
  goodRows,
  mostStatements,
  type Poison,
  poisonedBodies,
  poisonTarget,
} from "./poison.js";

export interface PoisonedDrain {
  readonly poison: Poison;
  readonly count: number;
  readonly isBad: (index: number) => boolean;
  readonly onReject: "leave" | "quarantine";
}

/**
 * Drains a queue with bad rows on it and expects that the good ones are loaded and gone, that each bad one is a reject
 * with what PostgreSQL named, and that it took no more statements than halving needs.
 */
export async function expectPoisonFound(
  { queue, database, drain }: Pick<Bench, "queue" | "database" | "drain">,
  { poison, count, isBad, onReject }: PoisonedDrain,
): Promise<Drained> {
  await poisonTarget(database, poison);
  const sent = queue.send(poisonedBodies(count, isBad, poison));
  const badIds = sent.filter((_, index) => isBad(index)).map(({ messageId }) => messageId);
  const good = count - badIds.length;

  const drained = await drain(["--on-reject", onReject, "--log-level", "debug"]);

  const { report, exitCode } = drained;
  const isSealed = onReject === "quarantine";
  expect(report).toMatchObject({
    stopped_because: "empty",
    received: count,
    loaded: good,
    duplicates: 0,
    rejected: badIds.length,
    deleted: isSealed ? count : good,
    rejects: [{ code: poison.code, field: poison.field, count: badIds.length }],
  });
  expect(badIds).toContain(report.rejects[0]?.example_message_id);
  expect(outcomes(report)).toBe(count);
  expect(exitCode).toBe(3);
  const batches = await batchesLoaded(database);
  expect(report.batches).toBeLessThanOrEqual(mostStatements(count, badIds.length, batches));

  expect(await goodRows(database)).toBe(good);
  const rejects = await database.query(
    `select message_id, stage, code, field, sealed_body is not null as sealed from sqs2pg.rejects`,
  );
  const like = { stage: "load", code: poison.code, field: poison.field, sealed: isSealed };
  expect(new Map(rejects.map(({ message_id, ...rest }) => [message_id, rest]))).toEqual(
    new Map(badIds.map((id) => [id, like])),
  );
  expect(queue.messageIds().sort()).toEqual(isSealed ? [] : badIds.sort());
  // A trigger's message and a constraint's detail quote the row.
  expect(drained.stdout + drained.stderr).not.toMatch(/user-\d|taken|poison/);
  return drained;
}
