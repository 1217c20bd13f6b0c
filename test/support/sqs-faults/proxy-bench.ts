import type { TestAPI } from "vitest";
import { type RunningCli, startCli } from "../cli.js";
import { startTcpProxy, type TcpProxy } from "../tcp-proxy.js";
import { type FaultyBench, test as faultsTest } from "./bench.js";

export interface ProxyBench extends FaultyBench {
  /** Between the command and `faults`. */
  readonly proxy: TcpProxy;
  /** Starts `drain --json` through both, with the SDK's own repetitions as they are. */
  readonly startProxied: (args?: readonly string[]) => RunningCli;
}

export const test: TestAPI<ProxyBench> = faultsTest.extend<Omit<ProxyBench, keyof FaultyBench>>({
  proxy: async ({ faults }, use) => {
    const { hostname, port } = new URL(faults.endpoint);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    await use(proxy);
    await proxy.stop();
  },
  startProxied: async ({ proxy, env }, use) => {
    const AWS_ENDPOINT_URL_SQS = `http://${proxy.host}:${proxy.port}`;
    await use((args = []) =>
      startCli(["drain", "--json", ...args], { env: { ...env, AWS_ENDPOINT_URL_SQS } }),
    );
  },
});
