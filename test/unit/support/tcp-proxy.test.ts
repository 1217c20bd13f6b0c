import { connect, createServer, type Server, type Socket } from "node:net";
import { expect, test as plainTest } from "vitest";
import { afterBytes, startTcpProxy, type TcpProxy, whenSeen } from "../../support/tcp-proxy.js";
import { until } from "../../support/until.js";

/** A client's view of its connection. */
interface Client {
  readonly socket: Socket;
  readonly text: string;
  /** How it ended: `end` is a FIN, else the error's code. */
  readonly ending: string | undefined;
}

interface Fixtures {
  /** Answers each chunk with its upper case, and a FIN with a FIN. */
  readonly server: { readonly port: number; readonly sockets: Socket[]; readonly seen: string };
  readonly proxy: TcpProxy;
  readonly dial: () => Promise<Client>;
}

const test = plainTest.extend<Fixtures>({
  server: async ({ task: _task }, use) => {
    const sockets: Socket[] = [];
    let seen = "";
    const listening: Server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        seen += chunk.toString();
        socket.write(chunk.toString().toUpperCase());
      });
    });
    const port = await listen(listening);
    await use({
      port,
      sockets,
      get seen() {
        return seen;
      },
    });
    for (const socket of sockets) socket.destroy();
    listening.close();
  },
  proxy: async ({ server }, use) => {
    const proxy = await startTcpProxy({ host: "127.0.0.1", port: server.port });
    await use(proxy);
    await proxy.stop();
  },
  dial: async ({ proxy }, use) => {
    const sockets: Socket[] = [];
    await use(async () => {
      const socket = connect(proxy.port, "127.0.0.1");
      sockets.push(socket);
      return await follow(socket);
    });
    for (const socket of sockets) socket.destroy();
  },
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function follow(socket: Socket): Promise<Client> {
  let text = "";
  let ending: string | undefined;
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  socket.on("end", () => {
    ending ??= "end";
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    ending ??= error.code;
  });
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return {
    socket,
    get text() {
      return text;
    },
    get ending() {
      return ending;
    },
  };
}

const reads = (client: Client, text: string): Promise<void> =>
  until(`the client reads ${text}`, () => client.text === text);
const ends = (client: Client, how: string): Promise<void> =>
  until(`the connection ends with ${how}, not ${client.ending}`, () => client.ending === how);

test("passes everything both ways, and the end of it", async ({ proxy, dial }) => {
  const client = await dial();
  const long = "abc".repeat(1_000_000);
  client.socket.end(long);
  await reads(client, long.toUpperCase());
  await ends(client, "end");
  await until("it is gone", () => proxy.open === 0);
  expect(proxy.accepted).toBe(1);
});

test("cuts and resets", async ({ proxy, server, dial }) => {
  for (const [how, ending] of [
    ["cut", "end"],
    ["reset", "ECONNRESET"],
  ] as const) {
    const client = await dial();
    client.socket.write("a");
    await until("it is up", () => client.text === "A");
    expect(proxy[how]()).toBe(1);
    await ends(client, ending);
    await until("the server's end is gone", () => server.sockets.at(-1)?.destroyed === true);
  }
});

test("refuses new connections, and takes them again on the same port", async ({ proxy, dial }) => {
  const open = await dial();
  proxy.refuse();
  await expect(dial()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  open.socket.write("still here");
  await reads(open, "STILL HERE");
  await proxy.accept();
  const client = await dial();
  client.socket.write("again");
  await reads(client, "AGAIN");
});

test("a black hole swallows one direction or both, for good", async ({ proxy, server, dial }) => {
  const client = await dial();
  proxy.flow("down", "blackhole");
  client.socket.write("heard");
  await until("the server has heard", () => server.seen === "heard");
  proxy.flow("both", "pass");
  const fresh = await dial();
  fresh.socket.write("x");
  await reads(fresh, "X");
  client.socket.write("more");
  await until("the server has heard more", () => server.seen === "heardxmore");
  expect(client).toMatchObject({ text: "", ending: undefined });

  proxy.flow("up", "blackhole");
  const other = await dial();
  other.socket.end("lost");
  await until("it was swallowed", () => other.socket.bytesWritten === 4);
  expect(server.sockets.at(-1)?.readableEnded).toBe(false);
  expect(server.seen).toBe("heardxmore");
});

test("what a server says after its client has vanished in a black hole reaches nobody", async ({
  proxy,
  server,
  dial,
}) => {
  const client = await dial();
  client.socket.write("a");
  await reads(client, "A");
  proxy.flow("both", "blackhole");
  client.socket.destroy();
  await until("the client is gone", () => client.socket.destroyed);
  expect(server.sockets[0]?.destroyed).toBe(false);
  expect(proxy.open).toBe(1);
});

test("holds back while it stalls, delays and throttles, and loses nothing", async ({
  proxy,
  server,
  dial,
}) => {
  const client = await dial();
  proxy.flow("up", "stall");
  client.socket.write("one ");
  await until("it is written", () => client.socket.bytesWritten === 4);
  expect(server.seen).toBe("");
  proxy.flow("up", { delayMs: 30 });
  await until("it is through", () => server.seen === "one ");
  const startedAtMs = Date.now();
  client.socket.write("two ");
  await until("it is through", () => server.seen === "one two ");
  expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(29);
  proxy.flow("both", { bytesPerSecond: 1_000 });
  const long = "abc".repeat(40);
  const throttledAtMs = Date.now();
  client.socket.write(long);
  await reads(client, `ONE TWO ${long.toUpperCase()}`);
  // 120 bytes at 1,000 a second, twice; timers may fire a little early.
  expect(Date.now() - throttledAtMs).toBeGreaterThan(80);
});

test("a trap ends a connection after exactly so many bytes of an answer, as often as it is armed", async ({
  proxy,
  dial,
}) => {
  let told = 0;
  const trap = proxy.trap({
    watch: afterBytes("down", 5),
    ending: "cut",
    onSprung: () => {
      told += 1;
    },
  });
  const first = await dial();
  first.socket.write("abcdefgh");
  await reads(first, "ABCDE");
  await ends(first, "end");
  const second = await dial();
  second.socket.write("abcdefgh");
  await reads(second, "ABCDEFGH");
  trap.arm();
  const third = await dial();
  third.socket.write("abc");
  await reads(third, "ABC");
  third.socket.write("def");
  await reads(third, "ABCDE");
  expect([trap.sprung, told]).toEqual([2, 2]);
});

test("a trap springs on what was seen, in either direction and however it is cut into chunks", async ({
  proxy,
  server,
  dial,
}) => {
  proxy.trap({ watch: whenSeen("up", (seen) => seen.includes("secret")), ending: "reset" });
  const client = await dial();
  client.socket.write("sec");
  await reads(client, "SEC");
  client.socket.write("ret");
  await ends(client, "ECONNRESET");
  expect(server.seen).toBe("sec");

  proxy.trap({ watch: whenSeen("down", (seen) => seen.includes("B")), ending: "blackhole" });
  const silent = await dial();
  silent.socket.write("a");
  await reads(silent, "A");
  silent.socket.write("b");
  await until("the server has answered", () => server.seen === "secab");
  silent.socket.write("c");
  await until("it is written", () => silent.socket.bytesWritten === 3);
  expect(server.seen).toBe("secab");
  expect(silent).toMatchObject({ text: "A", ending: undefined });
});

test("a server that is not there resets", async () => {
  const gone = createServer();
  const port = await listen(gone);
  await new Promise((resolve) => gone.close(resolve));
  const proxy = await startTcpProxy({ host: "127.0.0.1", port });
  const socket = connect(proxy.port, "127.0.0.1");
  const client = await follow(socket);
  await ends(client, "ECONNRESET");
  await proxy.stop();
});
