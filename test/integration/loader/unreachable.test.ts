import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { useDatabase } from "../../support/database.js";
import { loginStore } from "./login-store.js";

const database = useDatabase();

async function checkError(url: string): Promise<unknown> {
  const store = loginStore({ url }, { connectTimeoutMs: 1_000 });
  try {
    return await store.check().catch((error: unknown) => error);
  } finally {
    await store.close();
  }
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
function authentication(kind: number, text: string): Buffer {
  return Buffer.from([0x52, 0, 0, 0, 8 + text.length, 0, 0, 0, kind, ...Buffer.from(text)]);
}

function changed(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.href;
}

test("a wrong password", async () => {
  const error = await checkError(changed((url) => (url.password = "WRONG")));
  expect(error).toMatchObject({ name: "DatabaseError", kind: "failed", code: "wrong_password" });
  expect(String(error)).toContain(database.server.user);
  expect(String(error)).not.toContain("WRONG");
});

test("no password", async () => {
  const error = await checkError(changed((url) => (url.password = "")));
  expect(error).toMatchObject({ kind: "failed", code: "password_missing" });
});

test("no such database", async () => {
  const error = await checkError(changed((url) => (url.pathname = "/nowhere")));
  expect(error).toMatchObject({ kind: "failed", code: "database_missing" });
  expect(String(error)).toContain(`${database.server.host}:${database.server.port}/nowhere`);
});

test("no SSL, though it was asked for", async () => {
  expect(await checkError(`${database.url}?sslmode=require`)).toMatchObject({ code: "ssl_not_supported" });
});

test("nobody listens", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  const error = await checkError(`postgres://me:secret@127.0.0.1:${port}/db`);
  expect(error).toMatchObject({ kind: "unavailable", code: "database_unavailable" });
  expect(String(error)).toContain(`127.0.0.1:${port}/db refused the connection`);
  expect(String(error)).not.toContain("secret");
});

test("a host that never answers", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const error = await checkError(`postgres://me:secret@127.0.0.1:${port}/db`);
    expect(error).toMatchObject({ kind: "unavailable", code: "database_unavailable" });
    expect(String(error)).toContain("did not answer in time");
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test("a login that fails on our side leaves no socket open", async () => {
  let tellClosed: () => void;
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve;
  });
  const server = createServer((socket) => {
    // AuthenticationSASL, then AuthenticationSASLContinue, which takes the password that there is none of.
    const answers = [authentication(10, "SCRAM-SHA-256\0\0"), authentication(11, "r=r,s=cw==,i=4096")];
    socket.on("data", () => socket.write(answers.shift() ?? ""));
    socket.once("close", () => tellClosed());
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `postgres://me@127.0.0.1:${port}/db?sslmode=disable`;
  expect(await checkError(url)).toMatchObject({ code: "password_missing" });
  await closed;
  server.close();
});

test("a host name that does not exist", async () => {
  expect(await checkError("postgres://me@does-not-exist.invalid/db")).toMatchObject({ kind: "unavailable" });
});
