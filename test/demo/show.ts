import pg from "pg";
import type { Style } from "../../src/cli/terminal/style.js";
import { wrap } from "../../src/cli/terminal/width.js";
import { queryLines, type Values } from "./table.js";

interface Totals {
  readonly rows: number;
  readonly rejects: number;
  readonly ledger: number;
}

interface Section {
  readonly title: string;
  readonly sql: string;
}

/** What is shown of each table. Casts give the text that PostgreSQL itself would print. */
const SECTIONS: readonly Section[] = [
  {
    title: "user_logins: equal values are masked equally, so they can be counted and joined",
    sql: `select user_id, device_type, masked_ip, masked_device_id, locale, app_version, create_date::text
          from user_logins order by user_id limit 6`,
  },
  {
    title: "sqs2pg.rejects: why a message is no row, without a value of it",
    sql: `select left(message_id::text, 8) as "id (first 8)", code, field, reason, shape
          from sqs2pg.rejects order by message_id limit 3`,
  },
  {
    title: "sqs2pg.runs: what each drain did",
    sql: `select left(id::text, 8) as "id (first 8)", stopped_because, counters->>'received' as received,
                 counters->>'loaded' as loaded, counters->>'duplicates' as duplicates,
                 counters->>'rejected' as rejected
          from sqs2pg.runs order by started_at`,
  },
];

/** A few rows of each table, as lines of at most `columns` cells. */
export async function tablesAsLines(url: string, style: Style, columns: number): Promise<string[]> {
  return withClient(url, async (client) => {
    const lines: string[] = [];
    for (const { title, sql } of SECTIONS) {
      const { rows } = await client.query<Values>(sql);
      lines.push(
        "",
        ...wrap(title, columns).map(style.strong),
        "",
        ...shown(queryLines(rows, style, columns)),
      );
    }
    return lines;
  });
}

function shown(lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? lines : ["no rows"];
}

/** How many rows each table has. */
export async function countTables(url: string): Promise<Totals> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<Totals>(
      `select (select count(*) from user_logins)::int as rows, (select count(*) from sqs2pg.rejects)::int as rejects,
              (select count(*) from sqs2pg.ledger)::int as ledger`,
    );
    return rows[0] ?? { rows: 0, rejects: 0, ledger: 0 };
  });
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
