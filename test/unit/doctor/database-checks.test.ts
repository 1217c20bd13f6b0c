import { expect, test } from "vitest";
import type { Check } from "../../../src/doctor/check.js";
import { tlsCheck } from "../../../src/doctor/checks/database.js";
import {
  connectionsCheck,
  durabilityCheck,
  writableCheck,
} from "../../../src/doctor/checks/database-server.js";
import type { Row } from "../../../src/doctor/database-probe.js";
import { databaseOf, toolsOf } from "./support.js";

const safe = { fsync: "on", full_page_writes: "on", synchronous_commit: "on" };
const free = { most: 97, used: "10", of_role: -1, used_by_role: "1", of_database: -1, used_in_database: "1" };

test.each<[check: Check, row: Row | undefined, status: string, says: RegExp]>([
  [tlsCheck, { ssl: true, version: "TLSv1.3", cipher: "TLS_AES", is_local: false }, "ok", /TLSv1.3, TLS_AES/],
  [tlsCheck, { ssl: false, version: null, cipher: null, is_local: false }, "warning", /in the clear/],
  [tlsCheck, { ssl: false, version: null, cipher: null, is_local: true }, "ok", /of this machine/],
  [tlsCheck, undefined, "skipped", /does not tell/],
  [writableCheck, { is_replica: true, read_only: "on" }, "failed", /db:5432\/shop is a replica/],
  [writableCheck, { is_replica: false, read_only: "on" }, "failed", /is read-only/],
  [writableCheck, { is_replica: false, read_only: "off" }, "ok", /takes writes/],
  [durabilityCheck, safe, "ok", /on disk before/],
  [durabilityCheck, { ...safe, synchronous_commit: "off" }, "ok", /turns it on/],
  [durabilityCheck, { ...safe, fsync: "off" }, "warning", /^fsync is off/],
  [durabilityCheck, { ...safe, full_page_writes: "off" }, "warning", /^full_page_writes is off/],
  [connectionsCheck, free, "ok", /10 of 97 of the server in use, 87 free/],
  [connectionsCheck, { ...free, used: "95" }, "warning", /95 of 97 of the server in use, 2 free/],
  [connectionsCheck, { ...free, of_role: 3, used_by_role: "2" }, "warning", /2 of 3 of the role in use/],
  [
    connectionsCheck,
    { ...free, of_database: 8, used_in_database: "9" },
    "warning",
    /of the database .* 0 free/,
  ],
])("$id of %j is %s", async ({ run }, row, status, says) => {
  const tools = toolsOf();
  tools.facts.database.set(databaseOf(row));
  expect(await run(tools)).toMatchObject({ status, found: expect.stringMatching(says) });
});
