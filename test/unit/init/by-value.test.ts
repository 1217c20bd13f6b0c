import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findByValue } from "../../../src/init/personal/by-value.js";
import { Digits } from "../../../src/types/digits.js";
import { aadhaars, cards, cpfs, digits, dnis, ibans, imeis, nirs } from "./values.js";

const kindOf = (...values: unknown[]): string | undefined => findByValue(values)?.kind;

describe("one value of a kind is enough", () => {
  test.each([
    ["ip", ["203.0.113.7", "2001:db8::1", "::ffff:10.0.0.1", "10.0.0.1:8080", "[2001:db8::1]:443"]],
    ["mac", ["00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7", "001b.4411.3ab7"]],
    ["email", ["ann@example.com", "ann.b+c@mail.example.co.uk", "jörg@müller.de"]],
    [
      "phone",
      [
        "+49 151 1234567",
        "+14155550123",
        "(415) 555-0123",
        "415-555-0123",
        "0049 30 123456",
        "+33 1 23 45 67 89",
      ],
    ],
    [
      "card",
      [
        "4111111111111111",
        "5555 5555 5555 4444",
        "3782-822463-10005",
        "6011111111111117",
        "3530111333300000",
        "30569309025904",
      ],
    ],
    ["iban", ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "FR1420041010050500013M02606"]],
    [
      "national-id",
      [
        ...["078-05-1120", "AB 12 34 56 C", "86095742719", "47036892816", "65929970489", "269054958815780"],
        ...["253072B07300470", "12345678Z", "X1234567L", "RSSMRA85T10A562S", "RCCMNL83S18D969H"],
        ...["111.444.777-35", "52998224725", "2341 2341 2346"],
      ],
    ],
    ["device", ["490154203237518", "35-209900-176148-1"]],
    ["location", ["48.13715, 11.57612", "(-33.8688,151.2093)", "geo:48.2010,16.3695,183"]],
    [
      "secret",
      ["Bearer abcdefgh12345678", "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.abc"],
    ],
    [
      "free-text",
      [
        "write to ann@example.com, please",
        "https://x.example/?email=ann%40example.com",
        "call +49 151 1234567 today",
        "1.2.3.4, 10.0.0.1",
      ],
    ],
  ])("%s", (kind, values) => {
    for (const value of values) expect([value, kindOf("something else", value)]).toEqual([value, kind]);
  });
});

describe("what is near to a kind is none", () => {
  test.each([
    ["a version", "1.2.3"],
    ["an address that cannot be", "300.1.1.1"],
    ["a time", "12:34:56"],
    ["a card with a wrong digit", "4111111111111112"],
    ["sixteen digits of no scheme", "9111111111111111"],
    ["an IBAN with a wrong digit", "DE89370400440532013001"],
    ["an SSN that is never given out", "000-12-3456"],
    ["an SSN of another form", "078051120"],
    ["a NINO with a prefix that is not used", "BG123456A"],
    ["a tax number with a wrong digit", "86095742718"],
    ["a NIR with a wrong key", "269054958815781"],
    ["a DNI with a wrong letter", "12345678A"],
    ["a fiscal code with a wrong letter", "RSSMRA85T10A562T"],
    ["a CPF with a wrong digit", "111.444.777-36"],
    ["a CPF of one digit", "111.111.111-11"],
    ["an Aadhaar with a wrong digit", "234123412347"],
    ["an IMEI with a wrong digit", "490154203237517"],
    ["a day", "2026-03-14"],
    ["a moment", "2026-03-14T12:00:00+01:00"],
    ["a UUID", "424cdd21-063a-43a7-b91b-7ca1a833afae"],
    ["a hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ["a handle", "@ann"],
    ["an order's number", "2026-000-1234"],
    ["bare digits", "4155550123"],
    ["a place", "48.1, 11.6"],
    ["a price", "12.50"],
    ["an ARN", "arn:aws:sqs:eu-west-1:000000000000:orders"],
    ["a URL", "https://example.com/a/b?c=1"],
    ["a class", "a::b"],
  ])("%s", (_what, value) => {
    expect(kindOf(value)).toBeUndefined();
  });
});

describe("made values are found, wherever they stand among others", () => {
  test.each([
    ["card", cards],
    ["iban", ibans],
    ["device", imeis],
    ["national-id", cpfs],
    ["national-id", aadhaars],
    ["national-id", dnis],
    ["national-id", nirs],
    [
      "ip",
      fc.oneof(
        fc.ipV4(),
        fc.ipV6().filter((ip) => /\d/.test(ip)),
      ),
    ],
    ["email", fc.emailAddress().filter((email) => !/["<>]/.test(email) && /[a-z]{2}$/i.test(email))],
  ] as const)("%s", (kind, values) => {
    fc.assert(
      fc.property(values, fc.array(fc.constantFrom("new", "paid", "")), (value, others) => {
        const found = findByValue([...others, value, ...others]);
        // Fifteen digits may be a card of American Express as well.
        expect(found?.kind === kind || (kind === "device" && found?.kind === "card")).toBe(true);
      }),
    );
  });

  test("as numbers, too", () => {
    expect(kindOf(4111111111111111)).toBe("card");
    expect(kindOf(1, 2, 52998224725)).toBe("national-id");
    expect(kindOf(new Digits("6212345678901234569"))).toBe("card");
    expect(kindOf(new Digits("6212345678901234568"))).toBeUndefined();
  });
});

describe("random digits of a kind's length", () => {
  test.each([9, 10, 11, 12, 13, 14, 15, 16])("%i of them, thirty at once, are none of them", (length) => {
    fc.assert(
      fc.property(fc.uniqueArray(digits(length), { minLength: 30, maxLength: 30 }), (ids) => {
        expect(findByValue(ids)).toBeUndefined();
      }),
      // One in ten passes a check digit, so half of thirty do it once in millions of times.
      { numRuns: 200 },
    );
  });

  test("counted up, are none", () => {
    for (const start of [4_111_111_111_111_100, 86_095_742_700, 234_123_412_300, 490_154_203_237_500]) {
      const ids = Array.from({ length: 50 }, (_, index) => start + index);
      expect([start, findByValue(ids)]).toEqual([start, undefined]);
    }
  });
});

test("a reason counts, and quotes nothing", () => {
  fc.assert(
    fc.property(cards, (card) => {
      const { reason = "" } = findByValue(["x", card, card]) ?? {};
      expect(reason).toBe("looks like card numbers in 2 of 3");
    }),
  );
  expect(findByValue(["ann@example.com!"])?.reason).not.toContain("example.com");
});
