/** What to look at when a check does not end in its time. */
export const IF_LOCKED =
  "somebody may hold a lock (pg_stat_activity, pg_locks), or the server may be very busy";
export const IF_DATABASE_AWAY = "check the database's host and port, a firewall, and whether it is up";
export const IF_NETWORK_AWAY = "check the network, a firewall or a VPC endpoint";
