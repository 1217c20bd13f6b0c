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

/** Bodies with a field of every type that `init` infers. */
export function typedEvents(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const second = String(index % 60).padStart(2, "0");
    return `{"row":${index},"uuid":"424cdd21-063a-43a7-b91b-7ca1a8${String(100_000 + index)}","big":${9_007_199_254_740_993n + BigInt(index)},
      "huge":123456789012345678901234567890,"price":${index}.25,"ratio":${Math.SQRT2 * index + 0.1},"when":"2026-01-01T00:00:${second}+02:00",
      "local":"2026-01-01T00:00:${second}","day":"2026-02-28","created":${1_780_000_000 + index},"updatedAt":${1_780_000_000_123 + index},
      "flag":true,"tags":["a",${index}],"deep":{"a":{"b":{"c":{"d":${index}}}}},"mixed":${index % 2 === 0 ? "1" : '"one"'},
      "odd key":"x","select":"y","peerVersion":"1.2.3.${index}","text":"${"long ".repeat(120)}","nothing":null}`;
  });
}
