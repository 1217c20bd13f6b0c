import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { runKeyCommand } from "../../../../src/config/keys/command.js";
import { until } from "../../../support/until.js";
import { directory, errorOf } from "../support.js";

test("all that a command prints, whatever the pieces it comes in", async () => {
  const cwd = directory({ text: "é\n".repeat(15_000) });
  expect(await runKeyCommand(`cat '${join(cwd, "text")}'`)).toBe("é\n".repeat(15_000));
});

test("standard input is empty: a command that reads it ends", async () => {
  expect(await runKeyCommand("cat; echo done")).toBe("done\n");
});

test.each([
  ["/nowhere/op read geheim 2>/dev/null", "/nowhere/op was not found"],
  ["/dev/null geheim 2>/dev/null", "/dev/null may not be run by this user"],
  ["exit 7", "exit ended with exit code 7"],
  ["echo geheim; kill -TERM $$", "echo was ended by SIGTERM"],
  ["yes geheim 2>/dev/null", "yes prints too much to be keys"],
  ["head -c 65537 /dev/zero 2>/dev/null", "head prints too much to be keys"],
  ["GEHEIM=x false", "the command ended with exit code 1"],
  ["'/geheim/my op' 2>/dev/null", "the command was not found"],
])("%j: its first word alone is shown, if it is a name", async (command, says) => {
  const error = await errorOf(() => runKeyCommand(command));
  expect(error).toMatchObject({
    name: "UsageError",
    code: "key_command_failed",
    message: `--key cmd: ${says}`,
  });
  expect(inspect(error, { depth: 9 })).not.toMatch(/geheim/i);
});

test("a command that was interrupted at its prompt interrupts us", async () => {
  expect(await errorOf(() => runKeyCommand("kill -INT $$"))).toMatchObject({ code: "interrupted" });
});

test("too long is too long", async () => {
  const error = await errorOf(() => runKeyCommand("exec sleep 600", { timeoutMs: 50 }));
  expect(error).toMatchObject({ name: "UsageError", code: "key_command_failed" });
  expect(error.message).toBe("--key cmd: exec did not end within 0.05 seconds");
});

test("what the command has started and left behind is not waited for", async () => {
  const pidFile = join(directory(), "pid");
  const stop = new AbortController();
  const running = runKeyCommand(`sleep 600 & echo $! > '${pidFile}'; wait`, { stop: stop.signal });
  await until("the command runs", () => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "");
  stop.abort();
  expect((await errorOf(() => running)).code).toBe("interrupted");
  process.kill(Number(readFileSync(pidFile, "utf8")));
});

test("nobody reads on from what prints too much, so that it ends", async () => {
  const ended = join(directory(), "ended");
  const error = await errorOf(() => runKeyCommand(`(yes 2>/dev/null; touch '${ended}') & exit`));
  expect(error.message).toBe("--key cmd: the command prints too much to be keys");
  await until("it has ended", () => existsSync(ended));
});

test("a stop ends the command", async () => {
  const cwd = directory();
  const [started, ended] = [join(cwd, "started"), join(cwd, "ended")];
  const stop = new AbortController();
  const command = `trap 'kill $!; touch ${ended}' TERM; sleep 600 & touch ${started}; wait`;
  const running = runKeyCommand(command, { stop: stop.signal });
  await until("the command runs", () => existsSync(started));
  stop.abort();
  expect(await errorOf(() => running)).toMatchObject({ name: "InterruptedError", code: "interrupted" });
  await until("the command has ended", () => existsSync(ended));
});

test("nothing is started after a stop", async () => {
  const cwd = directory();
  await errorOf(() => runKeyCommand(`touch '${join(cwd, "x")}'`, { stop: AbortSignal.abort() }));
  expect(existsSync(join(cwd, "x"))).toBe(false);
});
