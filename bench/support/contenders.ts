import { join } from "node:path";
import { BIN } from "../../test/support/cli.js";
import { installBento, installNodePeers, installPythonPeers, peerFile } from "./install-peers.js";
import type { Launch } from "./launch.js";

/** For peers that mask: 32 bytes in hexadecimal digits. */
const PEER_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

export interface Contender {
  readonly name: string;
  /** What a table and a chart call it. */
  readonly title: string;
  /** Of the messages that the fast ones get, as slow ones would take all day. */
  readonly share: number;
  /** Pollers side by side: what it is fastest with, unless told otherwise. */
  readonly copies: number;
  /** Ends only when it is told to. */
  readonly isEndless?: true;
  /** Installs what it needs. */
  prepare(copies: number): Promise<Pick<Launch, "command" | "args" | "env">>;
}

const peerEnvironment = (copies: number): Readonly<Record<string, string>> => ({
  BENCH_KEY: PEER_KEY,
  BENCH_COPIES: String(copies),
});

export const SQS2PG: Contender = {
  name: "sqs2pg",
  title: "sqs2pg drain",
  share: 1,
  copies: 16,
  prepare: (copies) =>
    Promise.resolve({
      command: process.execPath,
      // Rejects are to be expected, and no failure here.
      args: [BIN, "drain", "--quiet", "--json", "--max-rejects=1000000000", `--concurrency=${copies}`],
    }),
};

const CONTENDERS: readonly Contender[] = [
  SQS2PG,
  {
    name: "bento",
    title: "Bento: aws_sqs to sql_insert",
    share: 1,
    copies: 16,
    isEndless: true,
    prepare: async (copies) => ({
      command: await installBento(),
      args: ["-c", peerFile("bento/bento.yaml")],
      env: peerEnvironment(copies),
    }),
  },
  {
    name: "sqs-consumer",
    title: "sqs-consumer + knex, ten rows an insert",
    share: 0.25,
    copies: 4,
    prepare: (copies) => nodePeer("sqs-consumer.mjs", copies),
  },
  {
    name: "sdk-loop",
    title: "AWS SDK loop + pg, row by row",
    share: 0.08,
    copies: 1,
    prepare: (copies) => nodePeer("sdk-loop.mjs", copies),
  },
  {
    name: "original",
    title: "Python: boto3 + psycopg2, a connection a row",
    share: 1 / 60,
    copies: 1,
    prepare: async (copies) => ({
      command: await installPythonPeers(),
      args: [peerFile("original.py")],
      env: peerEnvironment(copies),
    }),
  },
];

/** The contenders that a list such as `sqs2pg,bento:4` names (the number: copies), or all of them. */
export function chosenContenders(list: string): readonly Contender[] {
  if (list === "") return CONTENDERS;
  return list.split(",").map((entry) => {
    const [name, copies] = entry.split(":");
    const contender = CONTENDERS.find((one) => one.name === name);
    if (contender === undefined) {
      throw new Error(`no contender ${name}: there are ${CONTENDERS.map((one) => one.name).join(", ")}`);
    }
    return copies === undefined
      ? contender
      : { ...contender, title: `${contender.title}, ${copies} side by side`, copies: Number(copies) };
  });
}

async function nodePeer(program: string, copies: number): ReturnType<Contender["prepare"]> {
  const folder = await installNodePeers();
  return { command: process.execPath, args: [join(folder, program)], env: peerEnvironment(copies) };
}
