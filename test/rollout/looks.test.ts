import { describe, expect, it } from 'vitest';
import type { HostObservation } from '../../src/domain/component.ts';
import { type Instant, instantOf } from '../../src/domain/time.ts';
import { rememberLooks } from '../../src/rollout/looks.ts';

const LOOK = { kind: 'unknown', reason: 'silent' } as const;

describe('what was seen of hosts', () => {
  const begin = () => {
    let at = Date.parse('2024-10-24T12:00:00Z');
    const looks = rememberLooks((): Instant => instantOf(at));
    return { looks, later: (seconds: number) => void (at += seconds * 1000) };
  };

  it('is news for two minutes', () => {
    const { looks, later } = begin();
    looks.put('web-01', 'lock', LOOK);
    later(119);
    expect(looks.get('web-01', 'lock')).toBe(LOOK);
    expect(looks.get('web-01', 'other')).toBeUndefined();
    later(1);
    expect(looks.get('web-01', 'lock')).toBeUndefined();
  });

  it('is forgotten when the host changed', () => {
    const { looks } = begin();
    looks.put('web-01', 'lock', LOOK);
    looks.forget('web-01');
    expect(looks.get('web-01', 'lock')).toBeUndefined();
  });

  it('asks a host again after a moment, or when it changed', async () => {
    const { looks, later } = begin();
    let asked = 0;
    const observe = looks.remembering(async () => {
      asked += 1;
      return { stream: null, components: [], unknown: 'silent' } as unknown as HostObservation;
    });
    const seen = await observe('web-01');
    later(19);
    expect(await observe('web-01')).toBe(seen);
    expect(asked).toBe(1);
    await observe('web-02');
    expect(asked).toBe(2);
    later(1);
    await observe('web-01');
    expect(asked).toBe(3);
    looks.forget('web-01');
    await observe('web-01');
    expect(asked).toBe(4);
  });

  it('counts the moment from when the host was asked, not from when it answered', async () => {
    const { looks, later } = begin();
    let asked = 0;
    const observe = looks.remembering(async () => {
      asked += 1;
      later(30);
      return { stream: null, components: [], unknown: 'silent' } as unknown as HostObservation;
    });
    await observe('web-01');
    await observe('web-01');
    expect(asked).toBe(2);
  });

  it('keeps for four passes where one takes long, so that a big fleet is not asked again for ever', () => {
    const { looks, later } = begin();
    looks.heard('web-01');
    expect(looks.heardLately('web-01')).toBe(false);
    looks.paced(300_000);
    looks.paced(1_000);
    looks.put('web-01', 'lock', LOOK);
    later(1_199);
    expect(looks.get('web-01', 'lock')).toBe(LOOK);
    expect(looks.heardLately('web-01')).toBe(true);
    expect(looks.heardLately('web-02')).toBe(false);
    later(1);
    expect(looks.get('web-01', 'lock')).toBeUndefined();
    expect(looks.heardLately('web-01')).toBe(false);
  });
});
