import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONSUMER = {
  compilerOptions: {
    target: "es2023",
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: ["node"],
    noEmit: true,
  },
  include: ["*.ts"],
};

let folder: string;
/** The package as it would be published, unpacked. */
let unpacked: string;
/** An empty project with the package installed. */
let project: string;
let files: string[];

/** What is packed is what has been built: the script that builds it would pull dist away from under other tests. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "package-"));
  const packed = await execa(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, ROOT],
    { cwd: folder },
  );
  const [{ filename, files: list }] = JSON.parse(packed.stdout);
  files = list.map(({ path }: { path: string }) => path);
  await execa("tar", ["-xzf", join(folder, filename), "-C", folder]);
  unpacked = join(folder, "package");
  project = join(folder, "project");
  await install();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** As `npm install` lays it out, without a registry: the dependencies, and only those, come from this checkout. */
async function install(): Promise<void> {
  const modules = join(project, "node_modules");
  await mkdir(join(modules, ".bin"), { recursive: true });
  await writeFile(join(project, "package.json"), '{"name":"empty","version":"1.0.0","type":"module"}');
  await cp(unpacked, join(modules, "sqs2pg"), { recursive: true });
  await symlink("../sqs2pg/bin/sqs2pg.js", join(modules, ".bin", "sqs2pg"));
  const { dependencies } = JSON.parse(await readFile(join(unpacked, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) await link(name);
}

async function link(name: string): Promise<void> {
  const path = join(project, "node_modules", name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(ROOT, "node_modules", name), path);
}

describe("the package", () => {
  test("holds the program, its types, the migrations and the examples, and nothing else", async () => {
    const allowed = [
      /^package\.json$/,
      /^(README\.md|LICENSE|CHANGELOG\.md)$/,
      /^bin\/sqs2pg\.js$/,
      /^dist\/[a-z0-9/-]+\.(js|d\.ts)$/,
      /^migrations\/\d{14}_[a-z_]+\.js$/,
      /^examples\/(README\.md|[a-z0-9-]+\/(sqs2pg\.yaml|messages\.json|migrations\/\d{14}_[a-z_]+\.js))$/,
      /^schema\.json$/,
    ];
    expect(files.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "bin/sqs2pg.js",
        "dist/index.js",
        "dist/index.d.ts",
        "dist/masking/index.js",
        "dist/masking/index.d.ts",
        "schema.json",
        ...(await readdir(join(ROOT, "migrations"))).map((name) => `migrations/${name}`),
      ]),
    );
  });

  test("runs from an empty folder", async () => {
    // Without the settings of an npm that may be running the tests.
    const env = { PATH: process.env["PATH"], HOME: folder };
    const npx = (...args: string[]) =>
      execa("npx", ["--no-install", "sqs2pg", ...args], { cwd: project, env, extendEnv: false });
    expect((await npx("--help")).stdout).toContain("Usage: sqs2pg");
    expect((await npx("migrate", "--print-sql")).stdout).toContain("user_logins");
    expect((await npx("keygen")).stdout).toMatch(/^sqs2pg-key-1:/);
  });

  test("says how to install the client of AWS KMS, when a key needs it", async () => {
    const { peerDependencies, peerDependenciesMeta, dependencies } = JSON.parse(
      await readFile(join(unpacked, "package.json"), "utf8"),
    );
    const optional = Object.keys(peerDependencies);
    expect(optional).toEqual(expect.arrayContaining(["@aws-sdk/client-kms", "@aws-sdk/client-sts"]));
    expect(peerDependenciesMeta).toEqual(
      Object.fromEntries(optional.map((name) => [name, { optional: true }])),
    );
    expect(optional.filter((name) => name in dependencies)).toEqual([]);
    const env = {
      PATH: process.env["PATH"],
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing",
      SQS2PG_MASK_KEY: `sqs2pg-kms-1:${"A".repeat(200)}`,
    };
    const bin = join(project, "node_modules", "sqs2pg", "bin", "sqs2pg.js");
    for (const args of [["drain"], ["keygen", "--kms", "alias/masking"]]) {
      const options = { cwd: project, env, extendEnv: false, reject: false };
      const { exitCode, stderr } = await execa("node", [bin, ...args], options);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        /^sqs2pg: .*a key that AWS KMS has wrapped needs its client, which is not installed: npm install @aws-sdk\/client-kms$/,
      );
    }
  });

  test("says how to install the signer of Amazon RDS, when a login needs it", async () => {
    const bin = join(project, "node_modules", "sqs2pg", "bin", "sqs2pg.js");
    const args = ["migrate", "--database-auth", "iam", "--database", "postgres://me@127.0.0.1:1/d"];
    const env = { PATH: process.env["PATH"] };
    const options = { cwd: project, env, extendEnv: false, reject: false };
    const { exitCode, stderr } = await execa("node", [bin, ...args], options);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^sqs2pg: --database-auth iam needs the signer .*: npm install @aws-sdk\/rds-signer$/,
    );
  });

  test("loads a config in TypeScript by a library that nothing else waits for", async () => {
    const bin = join(project, "node_modules", "sqs2pg", "bin", "sqs2pg.js");
    const cwd = await mkdtemp(join(project, "config-"));
    const migrate = () => execa("node", [bin, "migrate", "--print-sql"], { cwd, reject: false });
    await rm(join(project, "node_modules", "jiti"));
    expect(await migrate()).toMatchObject({ exitCode: 0, stderr: "" });
    await writeFile(join(cwd, "sqs2pg.yaml"), (await execa("node", [bin, "init", "--builtin"])).stdout);
    expect(await migrate()).toMatchObject({ exitCode: 0, stderr: "" });
    await rm(join(cwd, "sqs2pg.yaml"));
    const text =
      'import { defineConfig } from "sqs2pg";\nexport default defineConfig({ queue: "q", table: "t", columns: {} });';
    await writeFile(join(cwd, "sqs2pg.ts"), text);
    expect((await migrate()).stderr).toContain('imports "jiti", which is not installed');
    await link("jiti");
    expect((await migrate()).stderr).toBe("sqs2pg: sqs2pg.ts: columns: needs at least one column");
  });

  test("has the JSON Schema of config files under a name of its own", async () => {
    const script = `
      import schema from "sqs2pg/schema.json" with { type: "json" };
      console.log(schema.title, Object.keys(schema.anyOf[0].properties).includes("table"));`;
    const options = { cwd: project, env: { NODE_NO_WARNINGS: "1" } };
    const { stdout } = await execa("node", ["--input-type=module", "-e", script], options);
    expect(stdout).toBe("sqs2pg config file true");
  });

  test("says how to install the client of S3, when payloads are read from there", async () => {
    const config = join(folder, "s3.yaml");
    await writeFile(
      config,
      "queue: q\ntable: t\ncolumns: { a: { from: a, type: text } }\ns3_buckets: [payloads]\n",
    );
    const bin = join(project, "node_modules", "sqs2pg", "bin", "sqs2pg.js");
    const env = { PATH: process.env["PATH"], DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" };
    for (const command of ["drain", "peek"]) {
      const options = { cwd: project, env, extendEnv: false, reject: false };
      const { exitCode, stderr } = await execa("node", [bin, command, "--config", config], options);
      expect(stderr).toBe(
        "sqs2pg: s3_buckets needs the AWS client for S3, which is not installed: npm install @aws-sdk/client-s3",
      );
      expect(exitCode).toBe(2);
    }
  });

  test("is a library: sqs2pg and sqs2pg/masking, and nothing behind them", async () => {
    const script = `
      const main = await import("sqs2pg");
      const masking = await import("sqs2pg/masking");
      const hidden = await import("sqs2pg/dist/main.js").catch((error) => error.code);
      console.log(JSON.stringify({ main: Object.keys(main), masking: Object.keys(masking), hidden }));`;
    const { stdout, stderr } = await execa("node", ["--input-type=module", "-e", script], { cwd: project });
    const found = JSON.parse(stdout);
    expect(found.main).toEqual(
      expect.arrayContaining(["drain", "peek", "migrate", "doctor", "defineConfig"]),
    );
    expect(found.masking).toEqual(expect.arrayContaining(["createMask", "parseKey", "openText"]));
    expect({ hidden: found.hidden, stderr }).toEqual({ hidden: "ERR_PACKAGE_PATH_NOT_EXPORTED", stderr: "" });
  });
});

describe("its types", () => {
  beforeAll(async () => {
    // Whoever compiles for Node has these; they are the only types that come from elsewhere.
    await link("@types/node");
    await writeFile(join(project, "tsconfig.json"), JSON.stringify(CONSUMER));
  });

  /** Compiles the project with nothing but these files in it; the files that the compiler looked at. */
  async function compile(sources: Readonly<Record<string, string>>): Promise<string[]> {
    const paths = Object.keys(sources).map((name) => join(project, name));
    for (const [name, text] of Object.entries(sources)) await writeFile(join(project, name), text);
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const { stdout } = await execa(tsc, ["-p", project, "--listFiles"], { reject: false });
    await Promise.all(paths.map((path) => rm(path)));
    const lines = stdout.split("\n");
    expect(lines.filter((line) => /error TS\d+/.test(line))).toEqual([]);
    return lines;
  }

  test("stand on their own, strictly, without types of the database's driver", async () => {
    const files = await compile({
      "everything.ts": `import * as sqs2pg from "sqs2pg";
import * as masking from "sqs2pg/masking";
export const everything = [sqs2pg, masking];
`,
    });
    expect(files).toEqual(
      expect.arrayContaining([expect.stringMatching(/sqs2pg\/dist\/masking\/index\.d\.ts$/)]),
    );
    expect(files.filter((path) => /node_modules\/(@types\/pg|pg|pg-[a-z-]+)\//.test(path))).toEqual([]);
  });

  test("take a config in either form, and find what is misspelt in it", async () => {
    const columns = 'columns: { id: { from: "id", type: "bigint", mask: { strategy: "redact" } } }';
    await compile({
      "config.ts": `import { defineConfig, resolveSettings, type PipelinesConfig } from "sqs2pg";
export const one = defineConfig({ queue: "q", table: "t", ${columns} });
export const several = defineConfig({ queue: "q", pipelines: { a: { table: "t", ${columns} }, b: { table: "u", ${columns} } } });
export const settings = [resolveSettings({ pipeline: one }), resolveSettings({ pipeline: several })];
export const typed: PipelinesConfig = several;
// @ts-expect-error
defineConfig({ queue: "q", tabel: "t", ${columns} });
// @ts-expect-error
defineConfig({ table: "t", columns: { id: { from: "id", type: "text", maks: "sha256" } } });
// @ts-expect-error
defineConfig({ table: "t", columns: { id: { from: "id", type: "text", mask: "sha265" } } });
// @ts-expect-error
defineConfig({ table: "t", ${columns}, pipelines: { a: { table: "t", ${columns} } } });
// @ts-expect-error
defineConfig({ pipelines: { a: { table: "t", schema: "s", ${columns} } } });
`,
    });
  });

  test("fit what the README says", async () => {
    const readme = await readFile(join(unpacked, "README.md"), "utf8");
    const snippets = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => text ?? "");
    expect(snippets.length).toBeGreaterThan(1);
    await compile(Object.fromEntries(snippets.map((text, index) => [`snippet-${index}.ts`, text])));
  });
});

test("package-lock.json holds no download addresses", async () => {
  const lock = await readFile(join(ROOT, "package-lock.json"), "utf8");
  expect(lock).not.toMatch(/"resolved":/);
});
