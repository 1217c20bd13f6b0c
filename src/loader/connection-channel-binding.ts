import type pg from "pg";
import { StoreError } from "./store.js";

/** Whether the login is bound to the server's certificate, for whoever insists on it: the driver does so where it can only. */
export interface ChannelBinding {
  /** Throws StoreError for a server that asks for a password in any other way: it gets none. */
  throwIfUnbound(): void;
  /** Throws StoreError for a server that has not proved that it knows the password. */
  throwIfUnfinished(): void;
}

const BOUND = "SCRAM-SHA-256-PLUS";

/** Watches the login of a client that does not connect yet. */
export function watchChannelBinding({ connection }: pg.Client): ChannelBinding {
  let isBound = false;
  let isFinished = false;
  // Ahead of the client's own listeners, which ask for the password.
  connection.on("authenticationSASL", (message: { readonly mechanisms?: readonly string[] }) => {
    isBound = message.mechanisms?.includes(BOUND) === true;
  });
  connection.on("authenticationSASLFinal", () => {
    isFinished = isBound;
  });
  const refuse = (): StoreError =>
    new StoreError(
      "fatal",
      "channel_binding=require: PostgreSQL does not bind its login to its certificate: the user needs a password that is stored as scram-sha-256, and TLS may not end before the server",
      { code: "channel_binding_missing" },
    );
  return {
    throwIfUnbound: () => {
      if (!isBound) throw refuse();
    },
    throwIfUnfinished: () => {
      if (!isFinished) throw refuse();
    },
  };
}
