import pg from "pg";
import { describe, expect, test } from "vitest";
import { toStoreError } from "../../../src/loader/errors/driver-error.js";

const context = { target: "h:5432/d", user: "me", table: "t" };

function fromServer(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError("value SECRET is bad", 1, "error");
  return Object.assign(error, { severity: "ERROR", code, detail: "SECRET", hint: "SECRET", where: "SECRET" });
}

describe("what the server says", () => {
  test("names constraint and column, and never a value", () => {
    const error = toStoreError(Object.assign(fromServer("23514"), { constraint: "positive" }), context, true);
    expect(error).toMatchObject({
      class: "data",
      sqlState: "23514",
      constraint: "positive",
      outcomeUnknown: false,
    });
    expect(JSON.stringify([error.message, { ...error }])).not.toContain("SECRET");
  });

  test.each([
    ["28P01", "fatal", "wrong_password"],
    ["3D000", "fatal", "database_missing"],
    ["42P01", "fatal", "table_missing"],
    ["25006", "fatal", "database_read_only"],
    ["53300", "transient", "database_unavailable"],
    ["08006", "transient", "database_unavailable"],
    ["XX000", "fatal", "sqlstate_XX000"],
  ])("%s is %s: %s", (sqlState, classOf, code) => {
    expect(toStoreError(fromServer(sqlState), context, false)).toMatchObject({ class: classOf, code });
  });
});

describe("what the driver says", () => {
  const system = (code: string): Error => Object.assign(new Error(`connect ${code} SECRET`), { code });
  test.each([
    [system("ECONNREFUSED"), "transient", "database_unavailable"],
    [system("ECONNRESET"), "transient", "database_unavailable"],
    [system("EPIPE"), "transient", "database_unavailable"],
    [system("ENOTFOUND"), "transient", "database_unavailable"],
    [new Error("Connection terminated unexpectedly"), "transient", "database_unavailable"],
    [new Error("timeout expired"), "transient", "database_unavailable"],
    [
      new Error("Knex: Timeout acquiring a connection. The pool is probably full."),
      "transient",
      "database_unavailable",
    ],
    [system("SELF_SIGNED_CERT_IN_CHAIN"), "fatal", "certificate_untrusted"],
    [system("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "fatal", "certificate_untrusted"],
    [system("ERR_TLS_CERT_ALTNAME_INVALID"), "fatal", "certificate_wrong_host"],
    [system("CERT_HAS_EXPIRED"), "fatal", "certificate_expired"],
    [system("CERT_REVOKED"), "fatal", "certificate_revoked"],
    [system("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"), "fatal", "tls_failed"],
    [new Error("SASL channel binding: SECRET"), "fatal", "channel_binding_failed"],
    [new Error("There was an error establishing an SSL connection"), "transient", "database_unavailable"],
    [new Error("The server does not support SSL connections"), "fatal", "ssl_not_supported"],
    [
      new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"),
      "fatal",
      "password_missing",
    ],
    [new TypeError("SECRET"), "fatal", "database_error"],
  ])("%s is %s: %s", (thrown, classOf, code) => {
    const error = toStoreError(thrown, context, true);
    expect(error).toMatchObject({ class: classOf, code, outcomeUnknown: true, cause: thrown });
    expect(error.message).not.toContain("SECRET");
    expect(toStoreError(thrown, context, false).outcomeUnknown).toBe(false);
  });
});
