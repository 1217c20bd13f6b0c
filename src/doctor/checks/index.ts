import type { Check } from "../check.js";
import { credentialsCheck, regionCheck } from "./aws.js";
import { bookkeepingCheck, keyRecordCheck } from "./bookkeeping.js";
import { configCheck, keyCheck } from "./configuration.js";
import { databaseCheck, tlsCheck } from "./database.js";
import { connectionsCheck, durabilityCheck, writableCheck } from "./database-server.js";
import { deadLettersCheck } from "./dead-letters.js";
import { identityCheck } from "./identity.js";
import { nodeCheck } from "./machine.js";
import { migrationsCheck } from "./migrations.js";
import { isPackageInstalled, packagesCheck } from "./packages.js";
import { payloadsCheck } from "./payloads.js";
import { mayDecryptCheck, mayDeleteCheck, mayExtendCheck, mayReceiveCheck } from "./permissions.js";
import { messagesCheck, queueCheck, retentionCheck } from "./queue.js";
import { encryptionCheck, policyCheck } from "./queue-security.js";
import { clockCheck, speedChecks } from "./speed.js";
import { privilegesCheck, tableCheck } from "./tables.js";

const FIRST: readonly Check[] = [
  ...[nodeCheck(), configCheck, packagesCheck(isPackageInstalled), keyCheck],
  ...[regionCheck, credentialsCheck],
  ...[queueCheck, messagesCheck, retentionCheck, deadLettersCheck, encryptionCheck, policyCheck],
  ...[mayReceiveCheck, mayDeleteCheck, mayExtendCheck, mayDecryptCheck, payloadsCheck()],
  identityCheck(),
  ...[databaseCheck, tlsCheck, writableCheck, durabilityCheck, connectionsCheck],
  ...[migrationsCheck, privilegesCheck, tableCheck, keyRecordCheck, bookkeepingCheck],
  clockCheck,
];

/** All that is looked at. A check stands behind those that it waits for. */
export const CHECKS: readonly Check[] = [...FIRST, ...speedChecks(FIRST.map(({ id }) => id))];
