import fc from "fast-check";
import { expect, test } from "vitest";
import { createWaitingLine, type Waiting } from "../../../src/fetcher/waiting-line.js";

interface Item extends Waiting<Item> {
  readonly number: number;
}

function newItem(number: number): Item {
  return { number, line: undefined, before: undefined, after: undefined };
}

const steps = fc.array(
  fc.oneof(
    fc.record({ step: fc.constant("add" as const) }),
    fc.record({ step: fc.constant("remove" as const), which: fc.nat() }),
    fc.record({ step: fc.constant("to the end" as const), which: fc.nat() }),
  ),
  { maxLength: 60 },
);

test("it holds what was added and not taken out, in the order in which it came", () => {
  fc.assert(
    fc.property(steps, (given) => {
      const line = createWaitingLine<Item>();
      const expected: Item[] = [];
      given.forEach((step, number) => {
        const place = step.step === "add" ? -1 : step.which % Math.max(expected.length, 1);
        const [known] = place < 0 ? [] : expected.splice(place, 1);
        if (known !== undefined) line.remove(known);
        const added = step.step === "add" ? newItem(number) : step.step === "to the end" ? known : undefined;
        if (added !== undefined) {
          line.add(added);
          expected.push(added);
        }
        expect(line.first()).toBe(expected[0]);
      });
      const left: (Item | undefined)[] = [];
      for (let item = line.first(); item !== undefined; item = line.first()) {
        expect(item.line).toBe(line);
        line.remove(item);
        expect(item.line).toBeUndefined();
        left.push(item);
      }
      expect(left).toEqual(expected);
    }),
  );
});
