import { existsSync } from "node:fs";
import { execa } from "execa";
import { describe, expect } from "vitest";
import type { PeekResult } from "../../../src/drain/peek-result.js";
import { test } from "../../support/bench.js";
import { BIN } from "../../support/cli.js";
import { HOSTILE_BODIES } from "../../support/hostile-bodies.js";

/** util-linux's: it runs a command on a terminal of its own, and copies what that shows to its standard output. */
const SCRIPT = "/usr/bin/script";

/** What a terminal obeys, does not show or shows elsewhere; the terminal itself makes CRLF of each newline. */
const OBEYED = /(?!\r?\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/u;

async function onTerminal(
  args: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly shown: string; readonly exitCode: number | undefined }> {
  const { stdout, exitCode } = await execa(SCRIPT, ["-qec", `"$NODE" "$BIN" ${args}`, "/dev/null"], {
    env: { PATH: process.env["PATH"], NODE: process.execPath, BIN, TERM: "xterm", LANG: "C.UTF-8", ...env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    maxBuffer: 256 * 1024 * 1024,
  });
  return { shown: stdout, exitCode };
}

/** The megabytes are peeked at elsewhere: a terminal takes long for them. */
const bodies = HOSTILE_BODIES.map(({ body }) => body).filter(({ length }) => length < 20_000);

describe
  .skipIf(process.platform !== "linux" || !existsSync(SCRIPT))
  .concurrent("peek shows hostile bodies on a terminal without obeying them", () => {
    test.for(["", "--raw"])("as a table: peek %s", async (raw, { queue, queueEnv }) => {
      queue.send(bodies);
      const { shown, exitCode } = await onTerminal(`peek --max 1000 ${raw}`, { ...queueEnv, NO_COLOR: "1" });
      expect(exitCode).toBe(0);
      expect(OBEYED.exec(shown)).toBeNull();
      expect(shown).toContain(`${bodies.length} visible`);
      expect(shown).toContain("\\u001b[31mred");
      expect(queue.counts()).toEqual({ visible: bodies.length, in_flight: 0, delayed: 0 });
    });

    test.for(["", "--raw"])("as JSON: peek --json %s", async (raw, { queue, queueEnv }) => {
      queue.send(bodies);
      const { shown, exitCode } = await onTerminal(`peek --json --max 1000 ${raw}`, queueEnv);
      expect(exitCode).toBe(0);
      expect(OBEYED.exec(shown)).toBeNull();
      const { messages }: PeekResult = JSON.parse(shown);
      expect(messages).toHaveLength(bodies.length);
      if (raw !== "") expect(new Set(messages.map(({ body }) => body))).toEqual(new Set(bodies));
    });
  });
