import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { test } from "../../support/bench.js";

describe.concurrent("a drain", () => {
  test("loads numbers as they are, or not at all", async ({ queue, database, drain }) => {
    const folder = await mkdtemp(join(tmpdir(), "numbers-"));
    const config = join(folder, "numbers.yaml");
    await writeFile(config, "table: numbers\ncolumns:\n  n: { from: n, type: bigint, required: true }\n");
    await database.query("create table numbers (n bigint)");
    const good = ["0", "-0", "1e3", "9007199254740993", "-9007199254740993", "9223372036854775807", '"1"'];
    const bad = ["9223372036854775808", "1e19", "1e400", "1.5", "9007199254740992.5", '"1.0"', "true"];
    queue.send(good.map((number) => `{"n":${number}}`));
    queue.send(bad.map((number) => `{"n":${number}}`));
    const { report } = await drain(["--config", config]);
    await rm(folder, { recursive: true });
    const codes = report.rejects.map(({ code, count }) => [code, count] as const);
    expect(Object.fromEntries(codes)).toEqual({ out_of_range: 3, wrong_type: 4 });
    expect(await database.query("select n::text from numbers order by numbers.n")).toEqual(
      ["-9007199254740993", "0", "0", "1", "1000", "9007199254740993", "9223372036854775807"].map((n) => ({
        n,
      })),
    );
  });

  test("knows a message by its id, whatever the emulator makes of it", async ({ queue, database, drain }) => {
    const upper = { body: '{"user_id":"ann"}', messageId: randomUUID().toUpperCase() };
    queue.deliverAgain([upper, { body: '{"user_id":"bob"}', messageId: "no-uuid/17" }]);
    expect((await drain()).report).toMatchObject({ loaded: 2, deleted: 2 });
    queue.deliverAgain([{ ...upper, messageId: upper.messageId.toLowerCase() }]);
    queue.deliverAgain([{ body: '{"user_id":"bob"}', messageId: "no-uuid/17" }]);
    expect((await drain()).report).toMatchObject({ loaded: 0, duplicates: 2, deleted: 2 });
    expect(await database.query("select from user_logins")).toHaveLength(2);
  });
});
