import { execa } from "execa";
import { describe, expect } from "vitest";
import { addGate, somebodyWaits, whileLocked } from "../../support/bench.js";
import { test } from "../../support/canaries/bench.js";
import { LOADED_BODIES, REFUSED_BODIES } from "../../support/canaries/bodies.js";
import { leaksIn } from "../../support/canaries.js";
import { BIN } from "../../support/cli.js";

const bodies = [...LOADED_BODIES, ...REFUSED_BODIES];

describe.concurrent("no value gets out of a drain that ends before its work is done", () => {
  test.for([
    ["SIGTERM", ["SIGTERM"], { exitCode: 143 }],
    // Two of a kind that come at once are one to the receiver, and of two kinds either may be heard first.
    ["two signals", ["SIGINT", "SIGTERM"], { exitCode: expect.toBeOneOf([130, 143]) }],
    ["kill -9", ["SIGKILL"], { signal: "SIGKILL" }],
  ] as const)("by %s", async ([, signals, ending], { queue, database, start }) => {
    queue.send(bodies);
    await addGate(database);
    let running: ReturnType<typeof start> | undefined;
    await whileLocked(database, "lock table gate", async () => {
      running = start(["drain", "--on-reject", "quarantine"]);
      await running.until("the load waits", () => somebodyWaits(database));
      for (const signal of signals) running.signal(signal);
      // Only an end at once does not wait for the load.
      if (signals.length > 1) await running.result;
    });
    expect(await running?.result).toMatchObject(ending);
  });

  test.skipIf(process.platform !== "linux").for(["1>/dev/full", "2>/dev/full", "| head -c 1"])(
    "because nobody takes what it writes: %s",
    async (redirection, { queue, env }) => {
      queue.send(bodies);
      const { stdout, stderr } = await execa(
        "sh",
        ["-c", `"$NODE" "$BIN" drain --json --log-level debug ${redirection}`],
        {
          env: { PATH: process.env["PATH"], NODE: process.execPath, BIN, ...env },
          extendEnv: false,
          reject: false,
        },
      );
      expect(leaksIn(stdout + stderr)).toEqual([]);
      expect(queue.messageIds()).toHaveLength(REFUSED_BODIES.length);
    },
  );
});
