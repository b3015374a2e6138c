import { describe, expect, it } from 'vitest';
import type { Lease } from '../../src/ports/lease.ts';

export interface LeaseUnderTest {
  /** One of several views of the same lease, as different controllers have it. */
  readonly open: () => Lease | Promise<Lease>;
  /** Lets time pass for all of them. */
  readonly pass: (seconds: number) => void;
}

/** What every lease does. `make` begins with one that nobody ever had. */
export function leaseConformance(name: string, make: () => Promise<LeaseUnderTest>): void {
  describe(`lease: ${name}`, () => {
    it('belongs to one holder; the other is told who and until when, and gets it with a greater epoch', async () => {
      const { open, pass } = await make();
      const [a, b] = [await open(), await open()];
      const first = await a.acquire('a', 60);
      expect(first).toEqual({ kind: 'held', epoch: 1 });
      const taken = await b.acquire('b', 60);
      expect(taken).toMatchObject({ kind: 'taken', holder: 'a' });
      pass(59);
      expect((await b.acquire('b', 60)).kind).toBe('taken');
      pass(2);
      expect(await b.acquire('b', 60)).toEqual({ kind: 'held', epoch: 2 });
      await expect(a.renew('a', 1, 60)).rejects.toMatchObject({ code: 'lease-lost' });
      expect((await a.acquire('a', 60)).kind).toBe('taken');
    });

    it('lives as long as it is renewed', async () => {
      const { open, pass } = await make();
      const [a, b] = [await open(), await open()];
      await a.acquire('a', 60);
      for (let i = 0; i < 3; i += 1) {
        pass(50);
        await a.renew('a', 1, 60);
      }
      expect((await b.acquire('b', 60)).kind).toBe('taken');
    });

    it('may be renewed late, as long as nobody else took it', async () => {
      const { open, pass } = await make();
      const a = await open();
      await a.acquire('a', 60);
      pass(600);
      await a.renew('a', 1, 60);
      expect((await (await open()).acquire('b', 60)).kind).toBe('taken');
    });

    it('is given back with its epoch kept, by its holder alone', async () => {
      const { open } = await make();
      const [a, b] = [await open(), await open()];
      await a.acquire('a', 60);
      await b.release('b', 1);
      expect((await b.acquire('b', 60)).kind).toBe('taken');
      await a.release('a', 1);
      expect(await b.acquire('b', 60)).toEqual({ kind: 'held', epoch: 2 });
      await a.release('a', 1);
      await expect(a.renew('a', 1, 60)).rejects.toMatchObject({ code: 'lease-lost' });
    });

    it('exceeds an epoch that is known from elsewhere, and is taken again by its own holder', async () => {
      const { open } = await make();
      const a = await open();
      expect(await a.acquire('a', 60, 41)).toEqual({ kind: 'held', epoch: 42 });
      expect(await a.acquire('a', 60)).toEqual({ kind: 'held', epoch: 43 });
      await expect(a.renew('a', 42, 60)).rejects.toMatchObject({ code: 'lease-lost' });
    });

    it('goes to one of those that ask at the same time', async () => {
      const { open } = await make();
      const rivals = await Promise.all(['a', 'b'].map(async (name) => ({ name, lease: await open() })));
      const answers = await Promise.allSettled(rivals.map(({ name, lease }) => lease.acquire(name, 60)));
      const held = answers.filter((x) => x.status === 'fulfilled' && x.value.kind === 'held');
      expect(held).toHaveLength(1);
    });
  });
}
