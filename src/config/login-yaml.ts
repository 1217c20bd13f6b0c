/** How an editor finds the schema of a config file, from the folder in which sqs2pg is installed. */
export const SCHEMA_LINE: string = schemaLine("./node_modules/sqs2pg/schema.json");

/** The built-in pipeline as a file: to be saved as it is, which changes nothing, and then to be changed. */
export const LOGIN_YAML: string = `${SCHEMA_LINE}

# The built-in pipeline of sqs2pg: user-login events, into the table user_logins. As it stands, it does what sqs2pg does
# without a file.

# Name, URL or ARN. --queue and SQS2PG_QUEUE go before it.
queue: login-queue

# name or schema.name
table: user_logins

# The table's columns by their names. from is a path into the record, or a value of the message, such as $sent_at.
columns:
  # required: a message without it is a reject, not a row with NULL.
  user_id: { from: user_id, type: varchar(128), required: true }
  device_type: { from: device_type, type: varchar(32) }
  # Equal values get equal masks. The key comes from SQS2PG_MASK_KEY or --key; sqs2pg keygen makes one.
  masked_ip: { from: ip, type: varchar(256), mask: hmac-sha256 }
  masked_device_id: { from: device_id, type: varchar(256), mask: hmac-sha256 }
  locale: { from: locale, type: varchar(32) }
  # 2.3.0 becomes 20300.
  app_version: { from: app_version, type: integer, convert: app-version }
  # The date on which SQS took the message, by UTC.
  create_date: { from: $sent_at, type: date }
`;

/** The line by which editors find the schema of a file. */
export function schemaLine(url: string): string {
  return `# yaml-language-server: $schema=${url}`;
}
