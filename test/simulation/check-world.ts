import type { FakeQueue } from "../support/fake-queue.js";
import type { FakeStore } from "../support/fake-store.js";
import { FLAKY, REFUSED, REJECTED } from "../support/sample-bodies.js";
import type { DrainProcess, End } from "./drain-process.js";
import type { Scenario } from "./scenario.js";

export interface SentMessage {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
}

export interface Places {
  readonly queue: FakeQueue;
  readonly store: FakeStore;
  readonly sent: readonly SentMessage[];
}

/** What holds at any time: nothing is lost, and nothing is in the table twice. */
export function checkPlaces({ queue, store, sent }: Places): string[] {
  const broken: string[] = [];
  const ids = store.rows.map(({ messageId }) => messageId);
  if (new Set(ids).size !== ids.length) broken.push("a row is there twice");
  if (store.ledger.size !== ids.length) broken.push(`${ids.length} rows, ${store.ledger.size} in the ledger`);
  const left = new Set(queue.left());
  for (const { id, body } of sent) {
    const isSealed = store.rejects.get(id)?.sealedBody != null;
    if (!left.has(id) && !store.ledger.has(id) && !isSealed) broken.push(`${id} (${body}) is lost`);
    if (body.startsWith(REFUSED) || body.startsWith(REJECTED)) {
      if (store.ledger.has(id)) broken.push(`${id} (${body}) is in the table`);
    } else if (!body.startsWith(FLAKY) && store.rejects.has(id)) {
      broken.push(`${id} (${body}) is a reject`);
    }
  }
  return broken;
}

/**
 * The rows of a FIFO queue's group come in its order, and none of them past a reject that stays on the queue. What is
 * refused at times is left out: what became of a statement that was given up is found out when it no longer is.
 */
export function checkOrder({ queue, store, sent }: Places): string[] {
  const place = new Map(store.rows.map(({ messageId }, index) => [messageId, index]));
  const left = new Set(queue.left());
  const last = new Map<string, number>();
  return sent.flatMap(({ id, body, group }) => {
    const at = place.get(id);
    if (group === undefined || body.startsWith(FLAKY)) return [];
    const before = last.get(group) ?? -1;
    if (at === undefined) {
      if (left.has(id)) last.set(group, Number.POSITIVE_INFINITY);
      return [];
    }
    last.set(group, Math.max(at, before));
    return at < before ? [`${id} (${body}) overtakes what is before it in ${group}`] : [];
  });
}

/** What the ledger knows of each run is what its report says. */
export function checkLedger(store: FakeStore, ends: readonly (readonly [DrainProcess, End])[]): string[] {
  const own = new Map<string, number>();
  for (const { runId } of store.ledger.values()) own.set(runId, (own.get(runId) ?? 0) + 1);
  // What was refused for a moment is a reject, and may all the same be committed later by a statement given up before.
  const maybe = new Map<string, number>();
  for (const [id, { runId }] of store.ledger) {
    if (store.flaked.has(id)) maybe.set(runId, (maybe.get(runId) ?? 0) + 1);
  }
  return ends.flatMap(([{ runId }, end]) => {
    if (end.what !== "reported") return [];
    const rows = own.get(runId) ?? 0;
    const { loaded, in_doubt } = end.report;
    return rows >= loaded && rows <= loaded + in_doubt + (maybe.get(runId) ?? 0)
      ? []
      : [`${runId}: ${rows} rows in the ledger, ${loaded} loaded and ${in_doubt} in doubt`];
  });
}

/** After a healthy run: everything that is good is loaded, and everything is in one place. */
export function checkEnd(scenario: Scenario, { queue, store, sent }: Places): string[] {
  const last = scenario.acts.at(-1)?.drains[0];
  const isMixed = new Set(scenario.acts.flatMap(({ drains }) => drains.map(({ quarantine }) => quarantine)));
  const left = new Set(queue.left());
  const stuckGroups = new Set<string>();
  return sent.flatMap(({ id, body, group }) => {
    const isBad = body.startsWith(REFUSED) || body.startsWith(REJECTED);
    if (isBad && group !== undefined && left.has(id)) stuckGroups.add(group);
    const isRow = store.ledger.has(id);
    const isSealed = store.rejects.get(id)?.sealedBody != null;
    const isLeft = left.has(id);
    const places = [isRow && "table", isSealed && "quarantine", isLeft && "queue"].filter(Boolean);
    const isBlocked = group !== undefined && stuckGroups.has(group);
    // Quarantined by one run and left on the queue by a later one, which was told to leave it; see above for the flaky.
    // What is loaded or sealed and could not be deleted comes back only when its group is free.
    const mayBeTwice =
      (isBlocked && isLeft && isRow !== isSealed) ||
      (isBad && isLeft && isSealed && isMixed.size > 1) ||
      (body.startsWith(FLAKY) && isRow && isSealed);
    if (places.length !== 1 && !mayBeTwice)
      return [`${id} (${body}) is in ${places.join(" and ") || "no place"}`];
    if (isLeft && !isBad && !isBlocked) return [`${id} (${body}) was not loaded by a healthy run`];
    if (isLeft && isBad && last?.quarantine) return [`${id} (${body}) was not quarantined by a healthy run`];
    if (isLeft && isBad && !isBlocked && !store.rejects.has(id)) return [`${id} (${body}) was not recorded`];
    return [];
  });
}
