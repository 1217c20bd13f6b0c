import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthority } from "../../support/certificates.js";
import { examine } from "../../support/doctor.js";
import { startTlsPostgres, type TlsPostgres } from "../../support/tls-postgres.js";

let server: TlsPostgres;

beforeAll(async () => {
  const authority = await createAuthority("Right Authority");
  const access = ["host shop me 127.0.0.1/32 scram-sha-256"];
  server = await startTlsPostgres({ clientAuthority: authority.cert, access });
  await server.run("create role me login password 'canary'");
  await server.run("create database shop");
  await server.show(await authority.issue({ name: "right", hosts: ["127.0.0.1"] }));
});

afterAll(() => server.stop());

test.each([
  ["require", true, /^TLSv1\.\d, [A-Z0-9_-]+$/],
  ["disable", false, /^none, and the connection is of this machine$/],
])("sslmode=%s: what the connection is", async (mode, tls, says) => {
  const url = `postgres://me:canary@127.0.0.1:${server.port}/shop?sslmode=${mode}`;
  const { check } = await examine({ DATABASE_URL: url });
  expect(check("tls")).toMatchObject({ status: "ok", figures: { tls, local: true } });
  expect(check("tls").found).toMatch(says);
});
