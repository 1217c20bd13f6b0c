import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { test as benchTest, reportOf } from "../support/bench.js";
import { type Certified, createAuthority } from "../support/certificates.js";
import { runCli } from "../support/cli.js";
import { type HttpProxy, startHttpProxy } from "../support/http-proxy.js";
import type { Fault } from "../support/sqs-faults/fault.js";
import { always } from "../support/sqs-faults/refusals.js";
import { type SqsFaults, startSqsFaults } from "../support/sqs-faults.js";
import { startTlsFront, type TlsFront } from "../support/tls-front.js";
import type { Way } from "../support/way.js";

const AWS = "sqs.eu-west-1.amazonaws.com";
const ACTIONS = ["GetQueueAttributes", "ReceiveMessage", "DeleteMessageBatch"] as const;
const EVENT = '{"user_id":"u"}';

let folder: string;
let authority: string;
let certificate: Certified;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sqs2pg-network-"));
  const root = await createAuthority("Company Root");
  certificate = await root.issue({ name: "sqs", hosts: ["127.0.0.1", AWS] });
  authority = join(folder, "root.pem");
  await writeFile(authority, root.cert);
});
afterAll(() => rm(folder, { recursive: true }));

interface Network {
  /** The way of each request. */
  readonly witness: SqsFaults;
  /** TLS before the witness. */
  readonly front: TlsFront;
  /** All its tunnels end at the front. */
  readonly proxy: HttpProxy;
}

const test = benchTest.extend<Network>({
  witness: async ({ sqs }, use) => {
    const witness = await startSqsFaults(sqs.endpoint);
    await use(witness);
    await witness.stop();
  },
  front: async ({ witness }, use) => {
    const front = await startTlsFront(certificate, witness.endpoint);
    await use(front);
    await front.stop();
  },
  proxy: async ({ front }, use) => {
    const proxy = await startHttpProxy({ tunnelTo: front.port });
    await use(proxy);
    await proxy.stop();
  },
});

const CLIENTS: readonly (readonly [args: readonly string[], way: Way])[] = [
  [[], "direct"],
  [["--sdk-only"], "sdk"],
];

describe.each(CLIENTS)("drain %s", (args, way) => {
  test("trusts a certificate authority of NODE_EXTRA_CA_CERTS", async ({ queue, front, witness, drain }) => {
    queue.send([EVENT, EVENT]);
    const { report, exitCode } = await drain(args, {
      env: { AWS_ENDPOINT_URL_SQS: `https://127.0.0.1:${front.port}`, NODE_EXTRA_CA_CERTS: authority },
    });
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ received: 2, loaded: 2, deleted: 2 });
    expect(waysOf(witness)).toEqual([`DeleteMessageBatch ${way}`, `ReceiveMessage ${way}`]);
  });

  test("does not trust it without", async ({ queue, front, witness, startDrain }) => {
    queue.send([EVENT]);
    const { stderr, exitCode } = await startDrain(args, {
      env: { AWS_ENDPOINT_URL_SQS: `https://127.0.0.1:${front.port}` },
    }).result;
    expect(exitCode).toBe(75);
    expect(stderr).toContain(
      `cannot reach SQS at 127.0.0.1:${front.port}: no secure connection can be made: check https:// against http://, and the certificate (NODE_EXTRA_CA_CERTS)`,
    );
    expect(witness.requests).toEqual([]);
  });

  test("asks AWS in the region of the queue's URL through HTTPS_PROXY", async ({
    queue,
    proxy,
    witness,
    env,
  }) => {
    queue.send([EVENT, EVENT]);
    // The server knows its queue by the URL that it gave it.
    const there: Fault = ({ input }, forward) => forward({ ...input, QueueUrl: queue.url });
    for (const action of ACTIONS) witness.on(action, always(there));
    const { AWS_ENDPOINT_URL_SQS: _none, ...rest } = env;
    const result = await runCli(["drain", "--json", ...args], {
      env: {
        ...rest,
        AWS_REGION: "us-east-1",
        SQS2PG_QUEUE: `https://${AWS}/000000000000/${queue.name}`,
        HTTPS_PROXY: `http://me:p%40ss@${proxy.address}`,
        NODE_EXTRA_CA_CERTS: authority,
      },
    });
    expect(reportOf(result)).toMatchObject({ received: 2, loaded: 2, deleted: 2 });
    expect(result.exitCode).toBe(0);
    expect(waysOf(witness)).toEqual([`DeleteMessageBatch ${way}`, `ReceiveMessage ${way}`]);
    const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    for (const seen of proxy.seen) {
      expect(seen).toEqual({ method: "CONNECT", target: `${AWS}:443`, authorization });
    }
    expect(proxy.seen.length).toBeGreaterThan(0);
    expect(new Set(witness.requests.map(({ region }) => region))).toEqual(new Set(["eu-west-1"]));
  });
});

/** The frequent calls that were made, and which way. */
function waysOf({ requests }: SqsFaults): string[] {
  const frequent = requests.filter(({ action }) => !action.startsWith("Get"));
  return [...new Set(frequent.map(({ action, way }) => `${action} ${way}`))].sort();
}
