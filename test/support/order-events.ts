import { createHash } from "node:crypto";
import { CANARIES } from "./canaries.js";

/** Bodies of orders with personal data, canaries among it, and every value different from run to run of the index. */
export function orderEvents(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      orderId: index + 1,
      state: ["new", "paid", "sent"][index % 3],
      contactEmail: `ann.${index}.canary7734@example.com`,
      clientIp: index % 2 === 0 ? CANARIES.ipv4 : CANARIES.ipv6,
      deviceId: CANARIES.device,
      placedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
      isGift: index % 4 === 0,
      voucher:
        index % 3 === 0 ? `v-${createHash("sha256").update(String(index)).digest("hex").slice(0, 8)}` : null,
      customer: { lastName: CANARIES.oddDevice, city: "Utrecht" },
    }),
  );
}
