import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type SqsServer, startSqs } from "../support/sqs.js";

const dockerfile = read("Dockerfile");
const compose: Compose = parse(read("docker-compose.yml"), { merge: true });

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

function read(name: string): string {
  return readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
}

function service(name: string): Service {
  const found = compose.services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

describe("the Dockerfile", () => {
  const stages = dockerfile
    .replaceAll("\\\n", " ")
    .split(/^(?=FROM )/m)
    .slice(1);
  const last = stages.at(-1) ?? "";
  const instructions = last
    .split("\n")
    .map((line) => /^([A-Z]+) +(.*)$/.exec(line))
    .flatMap((match) => (match ? [[match[1], match[2]]] : []));
  const named = (name: string): (string | undefined)[] =>
    instructions.filter(([instruction]) => instruction === name).map(([, value]) => value);

  it("has no mistake that can be found without building it", () => {
    expect(validate(dockerfile)).toEqual([]);
  });

  it("ends in a small image of its own that runs sqs2pg, and not as root", () => {
    expect(stages).toHaveLength(2);
    expect(named("FROM")).toEqual(["node:22-alpine"]);
    expect(named("USER")).toEqual(["node"]);
    expect(named("ENTRYPOINT")).toEqual(['["sqs2pg"]']);
    expect(named("ENV")).toEqual(["NODE_ENV=production"]);
    expect(named("RUN")).toEqual(["ln -s /app/bin/sqs2pg.js /usr/local/bin/sqs2pg"]);
  });

  it("copies what the package ships and nothing that .dockerignore keeps away", () => {
    const allowed = read(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(?:--\S+ )*(.*) \S+$/gm)].flatMap(
      ([, sources]) => sources?.split(" ") ?? [],
    );
    expect(copied.sort()).toEqual(allowed.sort());
    const { files }: { files: string[] } = JSON.parse(read("package.json"));
    for (const shipped of files) expect(last).toMatch(new RegExp(`COPY .*${shipped} /app/${shipped}$`, "m"));
  });
});

describe("docker-compose.yml", () => {
  it("starts LocalStack and PostgreSQL, fills, migrates and drains", () => {
    const images = Object.entries(compose.services).map(([name, { image }]) => [name, image]);
    expect(Object.fromEntries(images)).toEqual({
      localstack: "localstack/localstack:4.14.0",
      postgres: "postgres:18",
      fill: "localstack/localstack:4.14.0",
      migrate: "sqs2pg:compose",
      drain: "sqs2pg:compose",
    });
    expect([service("migrate").build, service("drain").build]).toEqual([".", "."]);
    expect(service("migrate").command).toEqual(["migrate"]);
    expect(service("drain").command?.[0]).toBe("drain");
  });

  it("waits for what it needs: for servers until they are healthy, for the others until they are done", () => {
    const waits = Object.entries(compose.services).flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).map(([on, { condition }]) => `${name} ${on} ${condition}`),
    );
    expect(waits).toEqual([
      "fill localstack service_healthy",
      "migrate postgres service_healthy",
      "drain fill service_completed_successfully",
      "drain migrate service_completed_successfully",
    ]);
    expect(service("localstack").healthcheck?.test).toContain("curl");
    expect(service("postgres").healthcheck?.test).toContain("pg_isready");
  });

  it("opens its ports to this machine alone and keeps the data where postgres:18 has them", () => {
    const ports = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(service("postgres").volumes).toEqual(["postgres:/var/lib/postgresql"]);
    expect(Object.keys(compose.volumes)).toEqual(["postgres"]);
  });

  it("masks with the user's key, or else with one that says that it is public", () => {
    const [, fallback = ""] =
      /^\$\{SQS2PG_MASK_KEY:-sqs2pg-key-1:([\w-]+)\}$/.exec(
        service("drain").environment?.["SQS2PG_MASK_KEY"] ?? "",
      ) ?? [];
    const bytes = Buffer.from(fallback, "base64url");
    expect(bytes).toHaveLength(32);
    expect(bytes.toString()).toContain("PUBLIC");
  });

  it("has no $ in its script, which compose would take for a variable", () => {
    expect(service("fill").command?.[0]).not.toContain("$");
  });
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe.skipIf(!hasPython)("the script that fills the queue", () => {
  let server: SqsServer;
  beforeAll(async () => {
    server = await startSqs();
  });
  afterAll(() => server.stop());

  it("compiles, creates the queue with its dead-letter queue and sends logins and a few other messages", async () => {
    const [script = ""] = service("fill").command ?? [];
    execFileSync("python3", ["-c", "import sys; compile(sys.argv[1], 'fill', 'exec')", script]);
    const env = { ...service("fill").environment, AWS_ENDPOINT_URL_SQS: server.endpoint };
    await execa("python3", ["-c", script], { env });
    const queue = server.queue("login-queue");
    expect(queue.counts()).toEqual({ visible: 400, in_flight: 0, delayed: 0 });
    const events = queue.bodies().map((body) => JSON.parse(body));
    expect(events.filter(({ foo }) => foo === "oops_wrong_msg_type")).toHaveLength(4);
    const maxRejects = service("drain").command?.at(-1);
    expect(maxRejects).toBe("4");
    expect(events.filter(({ locale }) => locale === null).length).toBeGreaterThan(80);
    expect(queue.attribute("RedrivePolicy")).toContain("login-queue-dead-letters");
  });
});
