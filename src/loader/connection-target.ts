/** `host:port/database`, for messages: no user, no password, no parameters. */
export function describeTarget(target: {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}): string {
  const { host, port, database } = target;
  return `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
}
