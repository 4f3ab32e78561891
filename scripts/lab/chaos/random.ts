import { createHash } from "node:crypto";

/** A seeded generator of random numbers (mulberry32). The same seed gives the same numbers. */
export class Random {
  private state: number;

  /** @param purpose separates generators of one seed: more draws from one do not change the others. */
  constructor(seed: number, purpose: string) {
    this.state = createHash("sha256").update(`${seed} ${purpose}`).digest().readUInt32LE(0);
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }

  /** One of the keys of a table of weights. */
  weighted<Key extends string>(weights: Record<Key, number>): Key {
    const entries = Object.entries(weights) as Array<[Key, number]>;
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.next() % total;
    for (const [key, weight] of entries) {
      if (left < weight) return key;
      left -= weight;
    }
    throw new Error("the weights add up to zero");
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, order: this.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  }
}

/** Returns numbers that were drawn when the schedule was made. */
export class Dice {
  private used = 0;

  constructor(private readonly numbers: readonly number[]) {}

  roll(sides: number): number {
    const number = this.numbers[this.used++ % this.numbers.length] ?? 0;
    return number % Math.max(1, sides);
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.roll(100) < percent;
  }

  /** One of the items; undefined if there are none. */
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.roll(items.length)];
  }
}
