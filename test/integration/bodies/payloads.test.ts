import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import { runCli } from "../../support/cli.js";
import { s3Refusal } from "../../support/s3.js";
import { gzipBase64, s3Pointer, snsNotification } from "../../support/wrapped-bodies.js";
import { test } from "./bench.js";

const bucketOfTest = (): string => `payloads-${randomUUID()}`;

const pipeline = (bucket: string): string => `
table: events
envelope: auto
s3_buckets: [${bucket}]
columns:
  id: { from: id, type: text, required: true }
  mail: { from: mail, type: varchar(64), mask: hmac-sha256 }
`;

const CREATE = "create table events (position serial, id text, mail varchar(64))";
const event = (id: string): string => JSON.stringify({ id, mail: `canary-${id}@example.com` });

describe.concurrent("payloads in S3", () => {
  test("are loaded like any other, and stay where they are", async ({
    queue,
    database,
    config,
    s3,
    drainWith,
    peekWith,
  }) => {
    const bucket = bucketOfTest();
    await database.query(CREATE);
    const path = await config(pipeline(bucket));
    s3.objects.set(`${bucket}/one`, event("one"));
    s3.objects.set(`${bucket}/two`, `${event("two")}\n${event("three")}\n`);
    const attributes = { ExtendedPayloadSize: "1000" };
    queue.send([s3Pointer(bucket, "one"), event("plain"), snsNotification(s3Pointer(bucket, "two"))], {
      attributes,
    });

    const peeked = await peekWith(path);
    expect(peeked.messages.flatMap(({ rows }) => rows.map(({ row }) => row["id"]))).toEqual([
      "one",
      "plain",
      "two",
      "three",
    ]);
    const { exitCode, report, stderr } = await drainWith(path, ["--quiet"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(report).toMatchObject({ received: 3, loaded: 3, deleted: 3 });
    expect(await database.query("select id from events order by id")).toEqual([
      { id: "one" },
      { id: "plain" },
      { id: "three" },
      { id: "two" },
    ]);
    expect(s3.objects.has(`${bucket}/one`)).toBe(true);
  });

  test("of other buckets are not asked for", async ({ queue, database, config, s3, drainWith }) => {
    const bucket = bucketOfTest();
    await database.query(CREATE);
    const path = await config(pipeline(bucket));
    s3.objects.set("theirs/one", event("one"));
    queue.send([s3Pointer("theirs", "one"), JSON.stringify(["x.PayloadS3Pointer", {}])]);
    const { exitCode, report } = await drainWith(path);
    expect(exitCode).toBe(3);
    expect(report.rejects.map(({ code }) => code).toSorted()).toEqual([
      "s3_bucket_not_allowed",
      "s3_pointer",
    ]);
    expect(s3.requests).not.toContain("theirs/one");
  });

  test("that are missing are quarantined as their pointers, and replayed when they are there", async ({
    queue,
    database,
    config,
    s3,
    drainWith,
    replayWith,
  }) => {
    const bucket = bucketOfTest();
    await database.query(CREATE);
    const path = await config(pipeline(bucket));
    s3.objects.set(`${bucket}/bad`, '{"id":null,"mail":"canary-bad@example.com"}');
    queue.send([s3Pointer(bucket, "late"), s3Pointer(bucket, "bad"), event("plain")]);
    const { report, stderr } = await drainWith(path, ["--on-reject", "quarantine", "--log-level", "debug"]);
    expect(report).toMatchObject({ loaded: 1, rejected: 2, deleted: 3 });
    const rejects = await database.query("select code, field, shape from sqs2pg.rejects order by code");
    expect(rejects).toEqual([
      { code: "missing", field: "id", shape: { id: "null", mail: "string(22)" } },
      { code: "s3_object_missing", field: null, shape: expect.any(Array) },
    ]);
    expect(JSON.stringify([report, rejects, stderr])).not.toContain("canary");

    const again = await replayWith(path, ["--code", "s3_object_missing"]);
    expect(again).toMatchObject({ read: 1, rejected: 1, rejects: [{ code: "s3_object_missing" }] });
    s3.objects.set(`${bucket}/late`, event("late"));
    expect(await replayWith(path)).toMatchObject({ read: 2, loaded: 1, rejected: 1 });
    expect(await database.query("select id from events order by id")).toEqual([
      { id: "late" },
      { id: "plain" },
    ]);
  });

  test("end the run where they may not be read, with what to allow", async ({
    queue,
    database,
    config,
    s3,
    drainWith,
    env,
  }) => {
    const bucket = bucketOfTest();
    await database.query(CREATE);
    const path = await config(pipeline(bucket));
    s3.answerWith((name) => (name.startsWith(bucket) ? s3Refusal("AccessDenied", 403) : undefined));
    queue.send([s3Pointer(bucket, "secret-key-7734"), s3Pointer(bucket, "other")]);
    const { exitCode, report, stderr } = await drainWith(path, ["--log-level", "debug"]);
    expect(exitCode).toBe(1);
    expect(report).toMatchObject({
      stopped_because: "error",
      error: { kind: "failed", code: "s3_access_denied" },
      received: 2,
      released: 2,
    });
    expect(report.error?.message).toContain(`allow s3:GetObject on arn:aws:s3:::${bucket}/*`);
    expect(JSON.stringify(report) + stderr).not.toMatch(/secret-key-7734|the-text-of-the-server/);
    expect(queue.counts()).toEqual({ visible: 2, in_flight: 0, delayed: 0 });

    const peek = await runCli(["peek", "--config", path], {
      env: { ...env, AWS_ENDPOINT_URL_S3: s3.endpoint },
    });
    expect(peek.exitCode).toBe(1);
    expect(peek.stderr).toMatch(/^sqs2pg: access to a payload in S3 is denied: allow s3:GetObject/);
    expect(queue.counts().in_flight).toBe(0);
    s3.answerWith(undefined);
  });

  test("keep the order of their FIFO group", async ({ sqs, database, config, s3, drainWith }) => {
    const bucket = bucketOfTest();
    await database.query(CREATE);
    const queue = sqs.createQueue("payloads.fifo");
    const path = await config(pipeline(bucket));
    const ids = Array.from({ length: 12 }, (_, index) => `e${index}`);
    for (const id of ids) s3.objects.set(`${bucket}/${id}`, event(id));
    s3.objects.set(`${bucket}/e9`, "no json");
    const bodies = ids.map((id, index) => (index % 3 === 1 ? event(id) : s3Pointer(bucket, id)));
    queue.send(bodies, { groupId: "one" });
    s3.objects.set(`${bucket}/other`, event("other"));
    queue.send([s3Pointer(bucket, "other")], { groupId: "two" });
    const { report } = await drainWith(path, ["--queue", queue.name, "--max", "11"]);
    expect(report).toMatchObject({ received: 11, loaded: 10, rejected: 1 });
    const loaded = await database.query<{ id: string }>("select id from events order by position");
    expect(loaded.map(({ id }) => id).filter((id) => id !== "other")).toEqual(ids.slice(0, 9));
  });

  test("may be encoded", async ({ queue, database, config, s3, drainWith }) => {
    const bucket = bucketOfTest();
    await database.query(CREATE);
    const path = await config(`${pipeline(bucket)}encoding: gzip+base64\n`);
    const large = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ id: `e${index}` })));
    s3.objects.set(`${bucket}/large`, gzipBase64(large));
    queue.send([s3Pointer(bucket, "large"), gzipBase64(event("small"))]);
    const { report } = await drainWith(path);
    expect(report).toMatchObject({ loaded: 2, rejected: 0 });
    expect(await database.query("select count(*)::int from events")).toEqual([{ count: 20_001 }]);
  });
});
