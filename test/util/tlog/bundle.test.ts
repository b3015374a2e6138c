import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBundle, encodeBundle, MAX_ENTRY_BYTES } from '../../../src/util/tlog/bundle.ts';

describe('entry bundles', () => {
  test('each entry stands behind its length, two bytes, big-endian', () => {
    const bytes = encodeBundle([Buffer.from('ab'), Buffer.alloc(0), Buffer.alloc(300, 'x')]);
    expect(Buffer.from(bytes.subarray(0, 8)).toString('hex')).toBe('000261620000012c');
    expect(bytes.length).toBe(4 + 2 + 302);
  });

  test('round trip', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 })), (entries) => {
        const { entries: back, torn } = decodeBundle(encodeBundle(entries));
        expect(torn).toBe(false);
        expect(back.map((e) => [...e])).toEqual(entries.map((e) => [...e]));
      }),
    );
  });

  test('the largest entry fits, one byte more does not', () => {
    const largest = new Uint8Array(MAX_ENTRY_BYTES);
    expect(decodeBundle(encodeBundle([largest])).entries[0]).toHaveLength(MAX_ENTRY_BYTES);
    expect(() => encodeBundle([new Uint8Array(MAX_ENTRY_BYTES + 1)])).toThrow('65536 bytes');
  });

  test('cut anywhere inside an entry it is torn, and keeps the whole entries before', () => {
    const whole = encodeBundle([Buffer.from('first'), Buffer.from('second')]);
    for (let cut = 1; cut < whole.length; cut += 1) {
      const { entries, torn } = decodeBundle(whole.subarray(0, cut));
      expect(torn).toBe(cut !== 7);
      expect(entries).toHaveLength(cut >= 7 ? 1 : 0);
    }
  });
});
