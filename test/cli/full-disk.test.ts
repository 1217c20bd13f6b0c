import { execa } from "execa";
import { describe, expect } from "vitest";
import { test } from "../support/bench.js";
import { BIN } from "../support/cli.js";
import { loginEvents } from "../support/events.js";

/** /dev/full takes nothing, like a disk without room: ENOSPC at every write. */
async function run(
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<{ exitCode?: number; stdout: string; stderr: string }> {
  return await execa("sh", ["-c", `exec "$NODE" "$BIN" ${command}`], {
    env: { PATH: process.env["PATH"], NODE: process.execPath, BIN, ...env },
    extendEnv: false,
    reject: false,
  });
}

describe.skipIf(process.platform !== "linux")("a full disk", () => {
  test("for the progress and the errors: the drain does its work all the same", async ({
    queue,
    env,
    database,
  }) => {
    queue.send([...loginEvents(300, { foreign: 0 })]);
    const { exitCode, stdout } = await run("drain --json 2>/dev/full", env);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ received: 300, deleted: 300 });
    expect(await database.query("select count(*)::integer from user_logins")).toEqual([{ count: 300 }]);
    expect(queue.messageIds()).toEqual([]);
  });

  test("for the report: everything is loaded and deleted, and the exit code says that it was not written", async ({
    queue,
    env,
  }) => {
    queue.send([...loginEvents(30, { foreign: 0 })]);
    const { exitCode, stderr } = await run("drain --quiet >/dev/full", env);
    expect(exitCode).toBe(1);
    expect(stderr).toBe("sqs2pg: standard output cannot be written (ENOSPC): the result is not all there");
    expect(queue.messageIds()).toEqual([]);
  });
});
