import { toDatabaseError } from "../loader/errors/database-error.js";
import { toStoreError } from "../loader/errors/driver-error.js";
import type { Tools } from "./tools.js";

/** What the driver threw, as what a drain would say. */
export async function asked<Result>({ facts }: Tools, table: string, work: Promise<Result>): Promise<Result> {
  const { target, user } = facts.database.get();
  try {
    return await work;
  } catch (error) {
    throw toDatabaseError(toStoreError(error, { target, user, table }, false));
  }
}
