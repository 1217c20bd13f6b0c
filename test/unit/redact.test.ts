import { expect, test } from "vitest";
import { redact } from "../../src/redact.js";

test.each([
  [
    "a key in the place of a command",
    "unknown command 'sqs2pg-key-1:AAECAwQFBgcICQ'",
    "unknown command 'sqs2pg-key-1:...'",
  ],
  [
    "a private key in a flag",
    "unknown option '--pair sqs2pg-private-1:AAECAwQFBgcICQ-_' of sqs2pg-key-2:BBECAwQFBgcICQ",
    "unknown option '--pair sqs2pg-private-1:...' of sqs2pg-key-2:...",
  ],
  [
    "what is no secret",
    "sqs2pg-public-1:AAECAwQFBgcICQ sqs2pg-kms-1:AAECAwQFBgcICQ",
    "sqs2pg-public-1:AAECAwQFBgcICQ sqs2pg-kms-1:AAECAwQFBgcICQ",
  ],
  ["a password in a URL", "no file postgres://u:hunter2@host/db", "no file postgres://u:...@host/db"],
  ["a password with an @", "postgres://u:p@ss@h/db", "postgres://u:...@h/db"],
  [
    "a password among parameters",
    "http://h/db?user=u&password=hunter2&x=1",
    "http://h/db?user=u&password=...&x=1",
  ],
  [
    "a password in a misspelt parameter",
    "no file postgres://h/db?pasword=hunter2&x=1 there",
    "no file postgres://h/db?... there",
  ],
  [
    "a password with a space and a slash",
    'no file "postgres://u:my se/cret@h/db" here',
    'no file "postgres://u:...@h/db" here',
  ],
  ["a password without a host", "not postgres://u:hunter2", "not postgres://u:..."],
  [
    "a password that a limit has cut",
    'not "postgres://loader:hunter2-hunter2..."',
    'not "postgres://loader:..."',
  ],
  [
    "a host with its port",
    "at postgres://h:5432/db or postgres://h:5432",
    "at postgres://h:5432/db or postgres://h:5432",
  ],
  ["libpq's other form", "host=h password=hunter2 user=u", "host=h password=... user=u"],
  ["the same, quoted", "password = 'hunt\\'er2' user=u", "password = ... user=u"],
  [
    "a token of IAM's",
    "h:5432/?Action=connect&X-Amz-Credential=AKIA%2Fx&X-Amz-Security-Token=abc&X-Amz-Signature=def",
    "h:5432/?Action=connect&X-Amz-Credential=...&X-Amz-Security-Token=...&X-Amz-Signature=...",
  ],
  [
    "a private key",
    "no file -----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY----- there",
    "no file -----BEGIN EC PRIVATE KEY-----... there",
  ],
  [
    "a private key that was cut",
    "not -----BEGIN PRIVATE KEY-----\\nMHcC...",
    "not -----BEGIN PRIVATE KEY-----...",
  ],
  [
    "settings of a shell",
    "AWS_SECRET_ACCESS_KEY=abc PGPASSWORD=def",
    "AWS_SECRET_ACCESS_KEY=... PGPASSWORD=...",
  ],
  [
    "words about a password",
    "put it into DATABASE_URL or PGPASSWORD, or into ~/.pgpass",
    "put it into DATABASE_URL or PGPASSWORD, or into ~/.pgpass",
  ],
  ["the form of a key", "does not start with sqs2pg-key-1:", "does not start with sqs2pg-key-1:"],
  ["a URL without a password", "http://127.0.0.1:4566/queue", "http://127.0.0.1:4566/queue"],
])("%s", (_what, text, expected) => {
  expect(redact(text)).toBe(expected);
});
