import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../support/postgres.js";
import { until } from "../../support/until.js";

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client(url);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

describe("a PostgreSQL of one's own", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it("keeps what was committed through a crash", async () => {
    const url = await server.createDatabase("crash");
    const client = new pg.Client(url);
    client.on("error", () => {});
    await client.connect();
    await client.query("create table kept as select 1 as value");
    await server.restart("immediate");
    const again = new pg.Client(url);
    await again.connect();
    expect((await again.query("select value from kept")).rows).toEqual([{ value: 1 }]);
    await again.end();
  });

  it("is gone with its folder after stop, which can be called twice", async () => {
    await server.stop();
    await server.stop();
    expect(existsSync(dirname(server.dataFolder))).toBe(false);
    expect(await answers(server.url("postgres"))).toBe(false);
  });
});

it("does not outlive a process that was killed", async () => {
  const module = fileURLToPath(new URL("../../support/postgres.ts", import.meta.url));
  const script = `import { startPostgres } from ${JSON.stringify(module)};
    const server = await startPostgres();
    console.log(JSON.stringify([server.dataFolder, server.url("postgres")]));`;
  const child = execa("node", ["--import", "tsx", "--input-type=module", "--eval", script], {
    reject: false,
    buffer: false,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  await until("the child has started its server", () => output.endsWith("\n"));
  const [dataFolder = "", url = ""]: string[] = JSON.parse(output);
  expect(await answers(url)).toBe(true);
  child.kill("SIGKILL");
  await until("the folder is gone", () => !existsSync(dirname(dataFolder)));
  expect(await answers(url)).toBe(false);
});
