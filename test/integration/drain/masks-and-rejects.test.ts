import { createHash } from "node:crypto";
import { describe, expect } from "vitest";
import { parseKey } from "../../../src/masking/index.js";
import { openMessage } from "../../../src/sealed-message.js";
import { KEY, reportOf, test } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";

/** The sample of the design. */
const SAMPLE =
  '{"user_id":"424cdd21-063a-43a7-b91b-7ca1a833afae","app_version":"2.3.0","device_type":"android","ip":"199.172.111.135","locale":"RU","device_id":"593-47-5928"}';

describe.concurrent("drain --on-reject quarantine", () => {
  test("seals the exact body, commits it, and then deletes the message", async ({
    queue,
    database,
    drain,
  }) => {
    const bodies = ['{"foo":"öops 😀","bar":"123"}', "no JSON at all\u0000", ' {"user_id":null}\n'];
    const sent = queue.send([SAMPLE, ...bodies]).slice(1);

    const { exitCode, report } = await drain(["--on-reject", "quarantine"]);

    expect(exitCode).toBe(3);
    expect(report).toMatchObject({ received: 4, loaded: 1, rejected: 3, deleted: 4 });
    expect(queue.messageIds()).toEqual([]);
    const rejects = await database.query<{ message_id: string; sealed_body: Buffer }>(
      "select message_id, sealed_body from sqs2pg.rejects",
    );
    const opened = rejects.map(({ message_id, sealed_body }) => [
      message_id,
      openMessage([parseKey(KEY)], sealed_body, message_id).body,
    ]);
    expect(Object.fromEntries(opened)).toEqual(
      Object.fromEntries(sent.map(({ messageId, body }) => [messageId, body])),
    );
    expect(await database.query("select key_id from sqs2pg.runs")).toEqual([{ key_id: parseKey(KEY).id }]);
  });

  test("needs a key even where no mask does", async ({ env }) => {
    const { SQS2PG_MASK_KEY: _key, ...keyless } = env;
    const args = ["drain", "--mask", "sha256", "--on-reject", "quarantine"];
    const { exitCode, stderr } = await runCli(args, { env: keyless });
    expect(stderr).toMatch(/^sqs2pg: quarantine seals rejects with a key: make one with `sqs2pg keygen`/m);
    expect(exitCode).toBe(2);
  });

  test("a reject that was left before is sealed when it comes again", async ({ queue, database, drain }) => {
    queue.send(["{}"]);
    expect((await drain(["--visibility", "2"])).report).toMatchObject({ rejected: 1, deleted: 0 });
    const [before] = await database.query("select first_seen, receive_count from sqs2pg.rejects");
    // Its lease ends within the wait of the long poll.
    const { report } = await drain(["--on-reject", "quarantine", "--wait", "4"]);
    expect(report).toMatchObject({ rejected: 1, deleted: 1 });
    expect(
      await database.query(
        "select first_seen, receive_count, sealed_body is null as open from sqs2pg.rejects",
      ),
    ).toEqual([{ first_seen: before?.["first_seen"], receive_count: 2, open: false }]);
  });
});

describe.concurrent("--mask", () => {
  test("sha256 gives the plain digests, without a key, and warns", async ({ queue, env, database }) => {
    queue.send([SAMPLE], { sentAtMs: Date.UTC(2026, 4, 6) });
    const { SQS2PG_MASK_KEY: _key, ...keyless } = env;
    const result = await runCli(["drain", "--mask", "sha256", "--json", "--quiet"], { env: keyless });
    expect(result.exitCode).toBe(0);
    expect(reportOf(result)).toMatchObject({ loaded: 1 });
    expect(result.stderr).toMatch(/^warning: masked_ip, masked_device_id: plain sha256 can be guessed.*\n$/);
    expect(await database.query("select *, create_date::text from user_logins")).toEqual([
      {
        user_id: "424cdd21-063a-43a7-b91b-7ca1a833afae",
        device_type: "android",
        masked_ip: "a6d0e2f27f6111e10b06790db42f34123e724aa0fd24b280f4a0ef5ee986784c",
        masked_device_id: "4f00c1a807b673887c7af517d0df68e6b41aecf8cbec26c71fe4c580664669ed",
        locale: "RU",
        app_version: 20_300,
        create_date: "2026-05-06",
      },
    ]);
  });

  test("sha256 does not touch the spelling of an address", async ({ queue, drain, database }) => {
    queue.send(['{"user_id":"ann","ip":"2001:DB8::0001"}']);
    await drain(["--mask", "sha256"]);
    const plain = createHash("sha256").update("2001:DB8::0001").digest("hex");
    expect(await database.query("select masked_ip from user_logins")).toEqual([{ masked_ip: plain }]);
  });

  test.for([
    ["redact", "[redacted]"],
    ["partial", "***********.135"],
    ["null", null],
  ] as const)("%s gives %j", async ([mask, masked], { queue, drain, database }) => {
    queue.send([SAMPLE]);
    await drain(["--mask", mask]);
    expect(await database.query("select masked_ip from user_logins")).toEqual([{ masked_ip: masked }]);
  });
});
