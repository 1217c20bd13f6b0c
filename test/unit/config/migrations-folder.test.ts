import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMigrationsFolder } from "../../../src/config/migrations-folder.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sqs2pg-folder-"));
});
afterEach(() => rm(cwd, { recursive: true }));

test("it stands beside the pipeline file, here or elsewhere", async () => {
  await mkdir(join(cwd, "migrations"));
  expect(findMigrationsFolder({ cwd })).toEqual({});
  await writeFile(join(cwd, "sqs2pg.yaml"), "");
  expect(findMigrationsFolder({ cwd })).toEqual({
    folder: { path: join(cwd, "migrations"), shown: "migrations" },
  });
  await mkdir(join(cwd, "etl/migrations"), { recursive: true });
  expect(findMigrationsFolder({ cwd, config: "etl/orders.yaml" })).toEqual({
    folder: { path: join(cwd, "etl/migrations"), shown: "etl/migrations" },
  });
  expect(findMigrationsFolder({ cwd, migrations: false })).toEqual({});
});

test("one that is named must be there", async () => {
  expect(() => findMigrationsFolder({ cwd, migrations: "db" })).toThrow(
    expect.objectContaining({ code: "migrations_missing" }),
  );
  await mkdir(join(cwd, "db"));
  expect(findMigrationsFolder({ cwd, migrations: "db" })).toEqual({
    folder: { path: join(cwd, "db"), shown: "db" },
  });
});

test("one beside a knexfile is another program's, unless it is named", async () => {
  await mkdir(join(cwd, "migrations"));
  await writeFile(join(cwd, "sqs2pg.yaml"), "");
  await writeFile(join(cwd, "knexfile.ts"), "");
  expect(findMigrationsFolder({ cwd })).toEqual({
    notice: expect.stringContaining("--migrations migrations"),
  });
  expect(findMigrationsFolder({ cwd, migrations: "migrations" })).toHaveProperty("folder");
});

test("the tool's own are nobody else's", () => {
  const repository = fileURLToPath(new URL("../../../", import.meta.url));
  expect(findMigrationsFolder({ cwd: repository, config: "sqs2pg.yaml" })).toEqual({});
});
