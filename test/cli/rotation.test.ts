import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { AuditReport } from "../../src/masked-data/audit-report.js";
import { generateKey, parseKey } from "../../src/masking/index.js";
import { reportOf, test } from "../support/bench.js";
import { type CliResult, runCli } from "../support/cli.js";

const [OLD, NEW] = [generateKey(), generateKey()];
const [OLD_ID, NEW_ID] = [parseKey(OLD).id, parseKey(NEW).id];

const EVENT = JSON.stringify({ ip: "199.172.111.135", device: "593-47-5928", email: "a@example.org" });

/** `pin`: what else the mask `ff1` is told. */
const pipeline = (pin: string): string => `table: contacts
columns:
  hashed:   { from: ip, type: text, mask: hmac-sha256 }
  joined:   { from: ip, type: text, mask: aes-siv }
  device:   { from: device, type: text, mask: token }
  shaped:   { from: device, type: text, mask: { strategy: ff1${pin} } }
  email:    { from: email, type: text, mask: { strategy: aes-gcm, companion: email_hmac } }
`;

/** The steps of docs/masking.md, with what they say of each strategy. */
test("a key is changed as the page about masking says", async ({ queue, env, database }) => {
  await database.query(
    "create table contacts (at serial, hashed text, joined text, device text, shaped text, email text, email_hmac text)",
  );
  const folder = await mkdtemp(join(tmpdir(), "rotation-"));
  const say = (pin: string): Promise<void> => writeFile(join(folder, "sqs2pg.yaml"), pipeline(pin));
  const run = (keys: string, ...args: string[]): Promise<CliResult> =>
    runCli([...args, "--json"], { cwd: folder, env: { ...env, SQS2PG_MASK_KEY: keys } });
  const drained = async (keys: string, ...args: string[]): Promise<unknown> => {
    queue.send([EVENT]);
    const result = await run(keys, "drain", ...args);
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    return reportOf(result).loaded;
  };
  const distinct = async (column: string): Promise<number> => {
    const [found] = await database.query<{ n: number }>(
      `select count(distinct ${column})::integer as n from contacts`,
    );
    return found?.n ?? 0;
  };
  const keysOf = async (keys: string): Promise<Record<string, string[]>> => {
    const { stdout, exitCode } = await run(keys, "audit");
    expect(exitCode).toBe(0);
    const { columns }: AuditReport = JSON.parse(stdout);
    return Object.fromEntries(
      columns.map((column) => [column.column, column.keys.map(({ key_id: id }) => id)]),
    );
  };
  await say("");
  await drained(OLD);
  expect(await keysOf(OLD)).toMatchObject({ hashed: [OLD_ID], joined: [OLD_ID], device: [OLD_ID] });

  // 1. The new line first: nothing is taken until somebody says that it is meant.
  const both = `${NEW}\n${OLD}`;
  queue.send([EVENT]);
  const stopped = await run(both, "drain");
  expect(stopped.exitCode).toBe(2);
  expect(JSON.parse(stopped.stdout)).toMatchObject({ error: { kind: "usage", code: "key_changed" } });
  expect(queue.receiveCounts()).toEqual([0]);

  // 2. What cannot be rotated is refused until it is pinned.
  const refused = await run(both, "drain", "--rotate");
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { kind: "usage", code: "key_not_rotatable" } });
  await say(`, key_id: ${OLD_ID}`);

  // 3. New rows are under the new key.
  expect(await drained(both, "--rotate")).toBe(2);
  const [hashed, joined, device, shaped] = await Promise.all(
    ["hashed", "joined", "device", "shaped"].map((column) => distinct(column)),
  );
  expect({ hashed, joined, device, shaped }).toEqual({ hashed: 2, joined: 2, device: 1, shaped: 1 });
  expect(await distinct("email_hmac")).toBe(2);
  expect(await keysOf(both)).toMatchObject({
    ...{ hashed: [NEW_ID, OLD_ID], joined: [NEW_ID, OLD_ID], shaped: [OLD_ID], email: [NEW_ID, OLD_ID] },
  });

  // 4. What can be read back comes along, its companion too; a hash does not.
  const rewrapped = await run(both, "rewrap");
  expect(rewrapped.exitCode).toBe(0);
  expect(JSON.parse(rewrapped.stdout)).toMatchObject({ stopped_because: "done", key_id: NEW_ID });
  expect(await distinct("joined")).toBe(1);
  expect(await distinct("email_hmac")).toBe(1);
  expect(await distinct("hashed")).toBe(2);
  expect(await distinct("device")).toBe(1);

  // 5. The old line is needed no more but for what is pinned to it.
  expect(await keysOf(both)).toMatchObject({ joined: [NEW_ID], email: [NEW_ID], shaped: [OLD_ID] });
  for (const [column, value] of [
    ["joined", "199.172.111.135"],
    ["email", "a@example.org"],
    ["device", "593-47-5928"],
  ]) {
    const rows = await database.query<{ masked: string }>(`select ${column} as masked from contacts`);
    const { stdout } = await run(NEW, "unmask", ...rows.map(({ masked }) => masked));
    expect(JSON.parse(stdout).values.map(({ value: shown }: { value: string }) => shown)).toEqual([
      value,
      value,
      value,
    ]);
  }
  await rm(folder, { recursive: true });
});
