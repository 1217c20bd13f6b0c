import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { schemaUrl } from "../../../src/cli/schema-url.js";

test("the schema is found from the file, in the project that sqs2pg is installed in", async () => {
  const project = await mkdtemp(join(tmpdir(), "schema-url-"));
  onTestFinished(() => rm(project, { recursive: true }));
  expect(schemaUrl(project, "sqs2pg.yaml")).toBeUndefined();
  const schema = join(project, "node_modules/sqs2pg/schema.json");
  await mkdir(dirname(schema), { recursive: true });
  await writeFile(schema, "{}");
  expect(schemaUrl(project, "sqs2pg.yaml")).toBe("./node_modules/sqs2pg/schema.json");
  expect(schemaUrl(project, "etl/queues/orders.yaml")).toBe("../../node_modules/sqs2pg/schema.json");
  expect(schemaUrl(join(project, "etl"), "../sqs2pg.yaml")).toBe("./node_modules/sqs2pg/schema.json");
});
