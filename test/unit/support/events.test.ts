import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { FOREIGN_BODY, type LoginEvent, loginEvents } from "../../support/events.js";

const COUNT = 20_000;
const bodies = [...loginEvents(COUNT, { seed: 7 })];
const events = bodies.filter((body) => body !== FOREIGN_BODY).map((body): LoginEvent => JSON.parse(body));

function share(matching: number, of: number): number {
  return Math.round((matching / of) * 1_000) / 10;
}

describe("generated login events", () => {
  it("are the same bytes for the same seed, today and on every machine", () => {
    const digest = createHash("sha256")
      .update([...loginEvents(1_000)].join("\n"))
      .digest("hex");
    expect(digest).toBe("469a2a237dfc70b8cdb3296f83e7af7eff77419609a474d30be1fd0087094648");
  });

  it("differ for another seed", () => {
    const other = new Set(loginEvents(1_000, { seed: 8 }));
    expect([...loginEvents(1_000, { seed: 7 })].filter((body) => other.has(body))).toEqual(
      expect.not.arrayContaining([expect.stringContaining("user_id")]),
    );
  });

  it("have the proportions of real traffic", () => {
    const percent = {
      foreign: share(COUNT - events.length, COUNT),
      nullLocale: share(events.filter(({ locale }) => locale === null).length, events.length),
    };
    expect(percent.foreign).toBeCloseTo(1, 0);
    expect(percent.nullLocale).toBeGreaterThan(28);
    expect(percent.nullLocale).toBeLessThan(30);
  });

  it("are repeated as often as asked for, apart from a few that are alike by chance", () => {
    const repeated = (duplicates: number): number => {
      const plain = [...loginEvents(COUNT, { foreign: 0, duplicates })];
      return share(plain.length - new Set(plain).size, COUNT);
    };
    expect(repeated(0)).toBeLessThan(0.3);
    expect(repeated(0.1)).toBeGreaterThan(8);
    expect(repeated(0.1)).toBeLessThan(12);
  });

  it("have the fields of a login, all well formed", () => {
    for (const event of events) {
      expect(Object.keys(event)).toEqual([
        "user_id",
        "app_version",
        "device_type",
        "ip",
        "locale",
        "device_id",
      ]);
      expect(event.user_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(event.app_version).toMatch(/^\d\.(\d\d|\d{1,2}\.\d)$/);
      expect(event.device_id).toMatch(/^\d{3}-\d{2}-\d{4}$/);
      expect(isIP(event.ip)).not.toBe(0);
    }
    expect(new Set(events.map(({ ip }) => isIP(ip)))).toEqual(new Set([4, 6]));
  });

  it("come from people who come back with the same device", () => {
    const devices = new Map<string, Set<string>>();
    for (const { user_id, device_id } of events) {
      devices.set(user_id, (devices.get(user_id) ?? new Set()).add(device_id));
    }
    expect(devices.size).toBeLessThanOrEqual(COUNT / 5);
    expect(devices.size).toBeGreaterThan(COUNT / 6);
    expect([...devices.values()].every((seen) => seen.size === 1)).toBe(true);
  });

  it("can be asked for without anything but logins", () => {
    const plain = [...loginEvents(500, { foreign: 0, duplicates: 0, nullLocale: 0 })];
    expect(plain).toHaveLength(500);
    expect(plain.join()).not.toMatch(/null|foo/);
  });
});
