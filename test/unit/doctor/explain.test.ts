import { expect, test } from "vitest";
import { divided, findingOf } from "../../../src/doctor/explain.js";
import { ConfigError, DatabaseError, InterruptedError, UsageError } from "../../../src/errors.js";

test.each<[message: string, found: string, remedy: string | undefined]>([
  ["no AWS region is set: set AWS_REGION", "no AWS region is set", "set AWS_REGION"],
  [
    'there is no queue "a" in region b (account 1): check the name: twice',
    'there is no queue "a" in region b (account 1)',
    "check the name: twice",
  ],
  [
    "SQS2PG_MASK_KEY: the masking key is too short: expected one line",
    "SQS2PG_MASK_KEY: the masking key is too short",
    "expected one line",
  ],
  ["sqs2pg.yaml: columns.a: is missing", "sqs2pg.yaml: columns.a: is missing", undefined],
  [
    "access to queue is denied: allow sqs:DeleteMessage on arn:aws:sqs:eu-west-1:1:q",
    "access to queue is denied",
    "allow sqs:DeleteMessage on arn:aws:sqs:eu-west-1:1:q",
  ],
  ["nothing to divide", "nothing to divide", undefined],
])("%s", (message, found, remedy) => {
  expect(divided(message)).toEqual({ found, remedy });
});

test("each mistake of a config file is a line", () => {
  const problems = [
    { path: "columns.a.from", message: "is missing", place: { file: "sqs2pg.yaml", line: 3, column: 5 } },
    { path: "", message: "is too long" },
  ];
  expect(findingOf(new ConfigError("sqs2pg.yaml", problems))).toMatchObject({
    found: "sqs2pg.yaml: 2 mistakes",
    kind: "usage",
    details: ["sqs2pg.yaml:3:5 columns.a.from: is missing", "is too long"],
  });
});

test("each mistake of the tables is a line", () => {
  const problems = ["a", "b"].map((table) => ({
    code: "table_missing",
    table,
    message: `no table ${table}`,
  }));
  const found = { problems, source: "db:5432/shop" };
  expect(findingOf(new DatabaseError("failed", "target_unfit", "all of it", found))).toMatchObject({
    ...{ status: "failed", code: "target_unfit", found: "db:5432/shop: 2 mistakes" },
    details: ["no table a", "no table b"],
  });
  const [one] = problems.map((problem) => ({ ...found, problems: [problem] }));
  expect(findingOf(new DatabaseError("failed", "table_missing", "no table a: create it", one))).toMatchObject(
    {
      ...{ found: "no table a", remedy: "create it" },
    },
  );
});

test("an interrupt is no failure", () => {
  expect(findingOf(new InterruptedError()).status).toBe("skipped");
  expect(findingOf(new UsageError("key_missing", "there is no key")).status).toBe("failed");
});
