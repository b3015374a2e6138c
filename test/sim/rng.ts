/** Numbers from a seed: the same seed gives the same world, on every machine. */
export interface Rng {
  /** 0 ≤ x < 1. */
  next(): number;
  /** A whole number, both ends included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A stream of its own: drawing from one never moves another. */
  fork(name: string): Rng;
}

const mix = (h: number): number => {
  let x = h >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};

const seedOf = (seed: number, name: string): number => {
  let h = mix(seed ^ 0x9e3779b9);
  for (let i = 0; i < name.length; i += 1) h = mix(h ^ Math.imul(name.charCodeAt(i) + i, 0x01000193));
  return h;
};

/** The generator sfc32, seeded from a number and a name. @see PractRand */
export function rngOf(seed: number, name = ''): Rng {
  const start = seedOf(seed, name);
  let [a, b, c, d] = [mix(start + 1), mix(start + 2), mix(start + 3), 1];
  const next = (): number => {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 8; i += 1) next();
  return {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (p) => next() < p,
    pick: (list) => {
      const item = list[Math.floor(next() * list.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    fork: (more) => rngOf(start, more),
  };
}
