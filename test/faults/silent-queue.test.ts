import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KEY } from "../support/bench.js";
import { startCli } from "../support/cli.js";

/** Takes connections and never says a word. */
let silent: Server;
const sockets = new Set<Socket>();
let connections = 0;
let env: Record<string, string>;

beforeAll(async () => {
  silent = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  env = {
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${address.port}`,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    SQS2PG_MASK_KEY: KEY,
  };
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test.each(["peek", "drain --dry-run"])(
  "%s is interrupted although the queue never answers",
  async (command) => {
    const before = connections;
    const running = startCli(command.split(" "), { env });
    await running.until("it has asked", () => connections > before);
    running.signal("SIGINT");
    const { exitCode, stderr } = await running.result;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/interrupted before the first receive: nothing was taken from the queue\n$/);
  },
);

test("an error of the database ends the process although the queue never answers", async () => {
  const { result } = startCli(["drain"], { env: { ...env, DATABASE_URL: "postgres://u@127.0.0.1:1/none" } });
  const { exitCode, stderr } = await result;
  expect(exitCode).toBe(75);
  expect(stderr).toContain("127.0.0.1:1");
});
