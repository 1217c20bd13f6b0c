import { Socket } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import pg from "pg";
import { watchChannelBinding } from "./connection-channel-binding.js";
import type { ConnectionPlan } from "./connection-settings.js";
import { isTlsFailure, sqlStateOf } from "./errors/driver-error.js";

export interface OpenOptions {
  /** For each try, in milliseconds. */
  readonly timeoutMs: number;
  /** Sockets that are open now. */
  readonly sockets: Set<Socket>;
}

/** invalid_authorization_specification: no line of pg_hba.conf fits, which can be for the encryption alone. */
const NOT_LET_IN = "28000";
/** invalid_password */
const WRONG_PASSWORD = "28P01";

/**
 * A connected client. Where the mode allows both, what the server does not take encrypted is tried in the clear or the
 * other way round, as by libpq; but a refused password is not shown to the network in the clear then.
 */
export async function openClient(plan: ConnectionPlan, options: OpenOptions): Promise<pg.Client> {
  const [first, second] = plan.tls.attempts;
  try {
    return await tryOnce(plan, first, options);
  } catch (error) {
    const mayDiffer = sqlStateOf(error) === NOT_LET_IN || (first !== false && isTlsFailure(error));
    if (second !== undefined && mayDiffer) return await tryOnce(plan, second, options).catch(rethrow(plan));
    throw explained(plan)(error);
  }
}

function rethrow(plan: ConnectionPlan): (error: unknown) => never {
  return (error) => {
    throw explained(plan)(error);
  };
}

/** Says more about a refused login than the server does. */
function explained({ password }: ConnectionPlan): (error: unknown) => unknown {
  return (error) => {
    const sqlState = sqlStateOf(error);
    const isRefused = sqlState === NOT_LET_IN || sqlState === WRONG_PASSWORD;
    return (isRefused ? password.refused(error) : undefined) ?? error;
  };
}

async function tryOnce(
  { client: settings, tls, password }: ConnectionPlan,
  ssl: false | TlsOptions,
  { timeoutMs, sockets }: OpenOptions,
): Promise<pg.Client> {
  const known = password.isNeeded ? await password.get() : undefined;
  const config = {
    ...settings,
    ssl,
    password: async () => {
      binding?.throwIfUnbound();
      return known ?? password.get();
    },
    sslnegotiation: tls.isDirect && ssl !== false ? ("direct" as const) : ("postgres" as const),
    enableChannelBinding: ssl !== false && tls.channelBinding !== "disable",
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    stream: () => trackedSocket(sockets),
  };
  const client = new pg.Client(config);
  const binding = tls.channelBinding === "require" ? watchChannelBinding(client) : undefined;
  // Without a listener an error of a client that has been given up would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    binding?.throwIfUnfinished();
  } catch (error) {
    await client.end();
    throw error;
  }
  return client;
}

/**
 * A socket that is known as long as it is open: node-pg leaves it open when a login fails on our side (no password),
 * which would keep the process up until the server loses patience.
 */
function trackedSocket(sockets: Set<Socket>): Socket {
  const socket = new Socket();
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  return socket;
}
