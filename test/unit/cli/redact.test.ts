import { expect, test } from "vitest";
import { redact } from "../../../src/cli/redact.js";

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
    "postgres://h/db?user=u&password=hunter2&x=1",
    "postgres://h/db?user=u&password=...&x=1",
  ],
  ["the form of a key", "does not start with sqs2pg-key-1:", "does not start with sqs2pg-key-1:"],
  ["a URL without a password", "http://127.0.0.1:4566/queue", "http://127.0.0.1:4566/queue"],
])("%s", (_what, text, expected) => {
  expect(redact(text)).toBe(expected);
});
