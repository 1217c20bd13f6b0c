import { randomUUID } from "node:crypto";
import { systemClock } from "../../../../src/clock.js";
import type { Conflict } from "../../../../src/config/pipeline.js";
import { type LoadResult, loadBatch } from "../../../../src/loader/load-batch.js";
import type { LoadMessage, Store, Turn } from "../../../../src/loader/store.js";
import type { LoadTarget } from "../../../../src/loader/target.js";
import type { TestDatabase } from "../../../support/database.js";
import { loginStore } from "../login-store.js";

/** A table of readings with the key (device, at), which messages fill. */
export const DEFINITION = `create table readings (
  device varchar(32) not null, at integer not null, value text, site text, primary key (device, at)
)`;

export function readings(action: Conflict["action"], more: Partial<LoadTarget> = {}): LoadTarget {
  return {
    table: { name: "readings" },
    columns: [
      { name: "device", type: { name: "varchar", length: 32 } },
      { name: "at", type: { name: "integer" } },
      { name: "value", type: { name: "text" } },
    ],
    conflict: { key: ["device", "at"], action },
    ...more,
  };
}

type Reading = readonly [device: string, at: number, value: string | null];

/** A message with readings, sent so many milliseconds after the start of 2026. */
export function sentAt(ms: number, readings: readonly Reading[], turn?: Turn): LoadMessage {
  return {
    messageId: randomUUID(),
    sentAtMs: Date.UTC(2026, 0, 1) + ms,
    receiveCount: 1,
    ...(turn === undefined ? {} : { turn }),
    rows: readings.map((values) => ({ target: 0, values })),
  };
}

export interface Loader {
  readonly store: Store;
  load(...messages: readonly LoadMessage[]): Promise<LoadResult>;
}

export function loaderInto(database: Pick<TestDatabase, "url">, ...targets: readonly LoadTarget[]): Loader {
  const store = loginStore(database, { targets });
  let stamp = 0;
  const runId = randomUUID();
  return {
    store,
    load: (...messages) => {
      stamp += 1;
      const batch = { runId, stamp: new Date(Date.UTC(2026, 1, 1) + stamp).toISOString(), messages };
      return loadBatch(batch, { store, clock: systemClock, retryForMs: 0 });
    },
  };
}
