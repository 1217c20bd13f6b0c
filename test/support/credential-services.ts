import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** Ways to get credentials that ask a service of AWS's. */
export type CredentialSource = "sso" | "sso session" | "login" | "role" | "token file" | "token file profile";

export interface CredentialServices {
  /** Such as `http://127.0.0.1:45123`. */
  readonly endpoint: string;
  /** What was asked so far: method and path, and the action of STS's protocol. */
  readonly requests: readonly string[];
  /** Settings under which credentials come this way, from files of their own. */
  environment(source: CredentialSource): Promise<Readonly<Record<string, string>>>;
  /** Cuts all connections, and takes the files away. */
  stop(): Promise<void>;
}

/** What every one of the services hands out. */
export const HANDED_OUT = "AKIDHANDEDOUT";

const HOUR_MS = 3_600_000;
const ROLE = "arn:aws:iam::123456789012:role/loader";
const START_URL = "https://start.example/start";

/** IAM Identity Center (SSO), its tokens, `aws login` and STS, all on one free port of 127.0.0.1. */
export async function startCredentialServices(): Promise<CredentialServices> {
  const requests: string[] = [];
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const [path = ""] = incoming.url?.split("?") ?? [];
      const action = new URLSearchParams(body).get("Action");
      requests.push(`${incoming.method} ${path}${action === null ? "" : ` ${action}`}`);
      response.end(action === null ? JSON.stringify(answerOf(path)) : stsAnswer(action));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const root = await mkdtemp(join(tmpdir(), "sqs2pg-credentials-"));
  return {
    endpoint,
    requests,
    // The SDK reads each of its files once a process.
    environment: async (source) => ({
      ...(await writeSource(source, await mkdtemp(join(root, "home-")))),
      AWS_ENDPOINT_URL_SSO: endpoint,
      AWS_ENDPOINT_URL_SSO_OIDC: endpoint,
      AWS_ENDPOINT_URL_SIGNIN: endpoint,
      AWS_ENDPOINT_URL_STS: endpoint,
      AWS_REGION: "eu-west-1",
      AWS_MAX_ATTEMPTS: "1",
    }),
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(root, { recursive: true });
    },
  };
}

function answerOf(path: string): unknown {
  const keys = { accessKeyId: HANDED_OUT, secretAccessKey: "secret", sessionToken: "session" };
  if (path === "/token") return { accessToken: "new", expiresIn: 3_600, tokenType: "Bearer" };
  if (path === "/v1/token") {
    return { accessToken: keys, refreshToken: "next", expiresIn: 900, tokenType: "aws_sigv4" };
  }
  return { roleCredentials: { ...keys, expiration: Date.now() + HOUR_MS } };
}

function stsAnswer(action: string): string {
  const credentials = `<Credentials><AccessKeyId>${HANDED_OUT}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
    <SessionToken>session</SessionToken><Expiration>${inMs(HOUR_MS)}</Expiration></Credentials>`;
  return `<${action}Response><${action}Result>${credentials}</${action}Result></${action}Response>`;
}

function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

/** The files of somebody whose profile is of this kind, and the settings that name them. */
async function writeSource(source: CredentialSource, home: string): Promise<Record<string, string>> {
  const config = join(home, "config");
  const tokenFile = join(home, "token");
  const role = { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile };
  const sso = `sso_account_id = 123456789012\nsso_role_name = loader`;
  const session = `sso_start_url = ${START_URL}\nsso_region = eu-west-1`;
  const profiles: Record<CredentialSource, string> = {
    sso: `${sso}\n${session}`,
    "sso session": `${sso}\nsso_session = ${home}\n[sso-session ${home}]\n${session}`,
    login: `login_session = ${ROLE}`,
    role: `role_arn = ${ROLE}\nsource_profile = base\n[profile base]\naws_access_key_id = a\naws_secret_access_key = b`,
    "token file": "",
    "token file profile": `role_arn = ${ROLE}\nweb_identity_token_file = ${tokenFile}`,
  };
  await writeFile(config, `[default]\n${profiles[source]}\n`);
  await writeFile(tokenFile, "a-token");
  const later = { accessToken: "old", expiresAt: inMs(HOUR_MS) };
  await writeToken(join(home, ".aws/sso/cache"), "sha1", START_URL, later);
  const client = { clientId: "id", clientSecret: "secret", refreshToken: "this" };
  await writeToken(join(home, ".aws/sso/cache"), "sha1", home, {
    ...later,
    ...client,
    expiresAt: inMs(1_000),
  });
  await writeToken(join(home, "login"), "sha256", ROLE, {
    ...{ clientId: "id", refreshToken: "this", dpopKey: newKey() },
    accessToken: { accountId: "123456789012", expiresAt: inMs(1_000) },
  });
  return {
    HOME: home,
    AWS_CONFIG_FILE: config,
    AWS_LOGIN_CACHE_DIRECTORY: join(home, "login"),
    ...(source === "token file" && role),
  };
}

async function writeToken(folder: string, hash: string, name: string, token: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = `${createHash(hash).update(name).digest("hex")}.json`;
  await writeFile(join(folder, file), JSON.stringify(token));
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ format: "pem", type: "sec1" }).toString();
}
