import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { KEY, test } from "../support/bench.js";
import { runCli } from "../support/cli.js";
import { FOREIGN_BODY, loginEvents } from "../support/events.js";
import { loginRow } from "../support/independent.js";

const sentAtMs = Date.UTC(2026, 2, 14, 23, 30);
const events = [...loginEvents(12, { foreign: 0, duplicates: 0 })];

describe.concurrent("peek", () => {
  test("shows constants behind the columns", async ({ queue, queueEnv }) => {
    queue.send(['{"a":"x"}'], { sentAtMs });
    const folder = await mkdtemp(join(tmpdir(), "sqs2pg-peek-"));
    const config = join(folder, "sqs2pg.yaml");
    await writeFile(
      config,
      `queue: ${queue.name}
table: things
columns: { a: { from: a, type: text } }
values: { tenant: 7, labels: { by: [sqs] }, none: null }
`,
    );
    const { exitCode, stdout } = await runCli(["peek", "--json", "--config", config], { env: queueEnv });
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout);
    const columns = ["a", "tenant", "labels", "none"];
    expect(result).toMatchObject({ columns, targets: [{ table: "things", columns }] });
    expect(result.targets).toEqual([{ table: "things", columns }]);
    expect(result.messages[0].row).toEqual({ a: "x", tenant: "7", labels: '{"by":["sqs"]}', none: null });
  });

  test("shows rows and rejects and gives everything back, without a database", async ({
    queue,
    queueEnv,
  }) => {
    const [event = ""] = events;
    const [good, foreign] = queue.send([event, FOREIGN_BODY], { sentAtMs });
    const { exitCode, stdout, stderr } = await runCli(["peek", "--json"], { env: queueEnv });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      queue: queue.name,
      table: "user_logins",
      fifo: false,
      counters: { visible: 2, in_flight: 0, delayed: 0 },
      not_released: 0,
      near_redrive: [],
    });
    expect(result.messages).toEqual(
      expect.arrayContaining([
        {
          message_id: good?.messageId,
          sent_at: "2026-03-14T23:30:00.000Z",
          receive_count: 1,
          group_id: null,
          row: loginRow(event, sentAtMs, KEY),
          rows: [{ target: 0, table: "user_logins", row: loginRow(event, sentAtMs, KEY) }],
          reject: null,
          warnings: [],
        },
        expect.objectContaining({
          message_id: foreign?.messageId,
          row: null,
          reject: expect.objectContaining({ stage: "transform", code: "missing", field: "user_id" }),
        }),
      ]),
    );
    expect(stdout).not.toContain("oops");
    expect(queue.counts()).toEqual({ visible: 2, in_flight: 0, delayed: 0 });
  });

  test("is for people without --json, and says what it has cost", async ({ queue, queueEnv }) => {
    queue.send([...events.slice(0, 2), FOREIGN_BODY]);
    const { stdout } = await runCli(["peek"], { env: queueEnv });
    for (const word of ["user_id", "masked_ip", "missing", "Peeking raised the receive count"]) {
      expect(stdout).toContain(word);
    }
    expect(stdout).not.toContain("oops");
  });

  test("--raw shows the bodies, and needs no key", async ({ queue, queueEnv }) => {
    const { SQS2PG_MASK_KEY: _key, ...keyless } = queueEnv;
    queue.send([FOREIGN_BODY]);
    const { stdout } = await runCli(["peek", "--raw", "--json"], { env: keyless });
    expect(JSON.parse(stdout).messages).toEqual([expect.objectContaining({ body: FOREIGN_BODY, row: null })]);
    expect((await runCli(["peek", "--raw"], { env: keyless })).stdout).toContain("oops_wrong_msg_type");
  });

  test("shows --max messages, and each peek counts as a receive", async ({ queue, queueEnv }) => {
    queue.send(events);
    const first = JSON.parse((await runCli(["peek", "--max", "3", "--json"], { env: queueEnv })).stdout);
    expect(first.messages).toHaveLength(3);
    expect(queue.counts()).toEqual({ visible: 12, in_flight: 0, delayed: 0 });
    const second = JSON.parse((await runCli(["peek", "--max", "12", "--json"], { env: queueEnv })).stdout);
    const counts = second.messages.map(({ receive_count }: { receive_count: number }) => receive_count);
    expect(counts.toSorted()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2]);
  });

  test("warns where the next receive may be the last one", async ({ sqs, queue, queueEnv }) => {
    const redriven = sqs.createQueue(`redriven-${queue.name.slice(0, 20)}`, {
      deadLetter: { queue, maxReceiveCount: 1 },
    });
    const [sent] = redriven.send([FOREIGN_BODY]);
    const env = { ...queueEnv, SQS2PG_QUEUE: redriven.url };
    const { stdout } = await runCli(["peek", "--json"], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      near_redrive: [sent?.messageId],
      redrive_policy: { maxReceiveCount: 1, deadLetterTargetArn: queue.arn },
    });
  });

  test("of an empty queue shows nothing and ends with 0", async ({ queueEnv }) => {
    const { exitCode, stdout } = await runCli(["peek", "--json"], { env: queueEnv });
    expect({ exitCode, messages: JSON.parse(stdout).messages }).toEqual({ exitCode: 0, messages: [] });
  });
});
