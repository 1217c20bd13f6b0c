import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestAPI } from "vitest";
import type { PeekResult } from "../../../src/drain/peek-result.js";
import type { ReplayReport } from "../../../src/rejects/replay-report.js";
import { type Bench, type Drained, test as plainTest } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import { type FakeS3, startS3 } from "../../support/s3.js";

export interface BodyBench extends Bench {
  /** One a file. */
  readonly s3: FakeS3;
  /** Writes a config file; its path. */
  readonly config: (text: string) => Promise<string>;
  /** Commands with the config file in the place of the queue's and the key of the bench. */
  readonly drainWith: (path: string, args?: readonly string[]) => Promise<Drained>;
  readonly peekWith: (path: string, args?: readonly string[]) => Promise<PeekResult>;
  readonly replayWith: (path: string, args?: readonly string[]) => Promise<ReplayReport>;
}

/** The fixtures of tests that run pipelines of a file, with payloads in S3. */
export const test: TestAPI<BodyBench> = plainTest.extend<
  Pick<BodyBench, "s3" | "config" | "drainWith" | "peekWith" | "replayWith">
>({
  s3: [
    async ({ task: _task }, use) => {
      const server = await startS3();
      await use(server);
      await server.stop();
    },
    { scope: "file" },
  ],
  config: async ({ task: _task }, use) => {
    const folder = await mkdtemp(join(tmpdir(), "bodies-"));
    let files = 0;
    await use(async (text) => {
      files += 1;
      const path = join(folder, `${files}.yaml`);
      await writeFile(path, text);
      return path;
    });
    await rm(folder, { recursive: true, force: true });
  },
  drainWith: async ({ drain, s3 }, use) => {
    await use((path, args = []) =>
      drain(["--config", path, ...args], { env: { AWS_ENDPOINT_URL_S3: s3.endpoint } }),
    );
  },
  peekWith: async ({ queueEnv, s3 }, use) => {
    await use(async (path, args = []) => {
      const env = { ...queueEnv, AWS_ENDPOINT_URL_S3: s3.endpoint };
      const { stdout, stderr } = await runCli(["peek", "--json", "--config", path, ...args], { env });
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout);
    });
  },
  replayWith: async ({ env: all, s3 }, use) => {
    await use(async (path, args = []) => {
      const env = { ...all, AWS_ENDPOINT_URL_S3: s3.endpoint };
      const { stdout, stderr } = await runCli(["replay", "--json", "--config", path, ...args], { env });
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout);
    });
  },
});
