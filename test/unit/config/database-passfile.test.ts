import fc from "fast-check";
import { expect, test } from "vitest";
import { type Login, passwordIn } from "../../../src/config/database-passfile.js";

const login: Login = { host: "db.example", port: 5432, database: "sales", user: "me" };

test.each([
  ["db.example:5432:sales:me:word", "word"],
  ["*:*:*:*:word", "word"],
  ["# db.example:5432:sales:me:no\n\ndb.example:5432:sales:me:word\n", "word"],
  ["db.example:5432:sales:you:no\ndb.example:*:*:me:word\n*:*:*:*:late", "word"],
  ["*:*:*:*:a\\:b\\\\c", "a:b\\c"],
  ["*:*:*:*:word:rest", "word"],
  ["*:*:*:*:with space ", "with space "],
  ["*:*:*:*:word\r\n", "word"],
  ["*:*:*:*:", ""],
  ["*:5433:*:*:no", undefined],
  ["\\*:*:*:*:no", undefined],
  ["db.exampl:*:*:*:no", undefined],
  ["db.example:5432:sales:me", undefined],
  ["", undefined],
])("%j gives %j", (text, password) => {
  expect(passwordIn(text, login)).toBe(password);
});

test.each(["/tmp", "/var/run/postgresql"])("the socket in %s is localhost's, as for libpq", (host) => {
  expect(passwordIn("localhost:*:*:*:word", { ...login, host })).toBe("word");
  expect(passwordIn("/elsewhere:*:*:*:word", { ...login, host: "/elsewhere" })).toBe("word");
});

test("whatever is escaped comes back", () => {
  const field = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text) && text !== "*");
  const escaped = (text: string): string => text.replace(/[:\\]/g, "\\$&");
  fc.assert(
    fc.property(field, field, field, field, (host, database, user, password) => {
      fc.pre(!host.startsWith("#") && host !== "/tmp");
      const line = [host, "5432", database, user, password].map(escaped).join(":");
      expect(passwordIn(`other:1:b:c:no\n${line}\n`, { host, port: 5432, database, user })).toBe(password);
    }),
  );
});
