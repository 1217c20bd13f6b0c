import { UsageError } from "../errors.js";

/**
 * The parameters of a URL by libpq's names: `user`, `password`, `host`, `port`, `dbname`, and those behind the `?`.
 * `source` begins the messages, which never repeat the URL: it may hold a password. Throws UsageError.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function parseDatabaseUrl(text: string, source: string): ReadonlyMap<string, string> {
  const refuse = (problem: string): UsageError => new UsageError("database_invalid", `${source} ${problem}`);
  if (!/^postgres(?:ql)?:\/\//i.test(text)) {
    throw refuse("must be a URL that starts with postgres:// or postgresql://");
  }
  const unreadable = refuse(
    "cannot be read as a URL: percent-encode special characters of the password, such as %23 for #",
  );
  if (hostsOf(text).includes(",")) throw severalHosts(`the host of ${source}`);
  const url = readUrl(text);
  // A password with one of these unencoded ends early, and its rest would be taken for a database or a parameter.
  if (url === undefined || url.hash !== "" || /[@]/.test(url.pathname) || /^\?[^=]*@/.test(url.search)) {
    throw unreadable;
  }
  try {
    return new Map(parametersOf(url).filter(([, value]) => value !== ""));
  } catch {
    throw unreadable;
  }
}

/** The error for `a,b`, of which the driver can use one only. */
export function severalHosts(what: string): UsageError {
  return new UsageError(
    "database_hosts",
    `${what} names several servers, and only one can be connected to: give the host of the primary, or one name that leads to it`,
  );
}

/** The part between `//` and the path, behind the user. */
function hostsOf(text: string): string {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(text)?.[1] ?? "";
  return authority.slice(authority.lastIndexOf("@") + 1);
}

/** libpq allows a user without a host, which stands in a parameter or in PGHOST; URL does not. */
function readUrl(text: string): URL | undefined {
  for (const attempt of [text, text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?]|$)/i, `$1${NO_HOST}`)]) {
    if (URL.canParse(attempt)) return new URL(attempt);
  }
  return undefined;
}

const NO_HOST = "no-host.invalid";

function parametersOf(url: URL): [string, string][] {
  const host = url.hostname === NO_HOST ? "" : url.hostname.replace(/^\[(.+)\]$/, "$1");
  const parts: [string, string][] = [
    ["user", url.username],
    ["password", url.password],
    ["host", host],
    ["port", url.port],
    ["dbname", url.pathname.slice(1)],
  ];
  for (const pair of url.search.slice(1).split("&").filter(Boolean)) {
    const end = pair.indexOf("=");
    parts.push(end === -1 ? [pair, ""] : [pair.slice(0, end), pair.slice(end + 1)]);
  }
  // As with libpq a `+` is no space.
  return parts.map(([name, value]) => [decodeURIComponent(name), decodeURIComponent(value)]);
}
