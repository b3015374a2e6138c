import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEntry, encodeEntry } from '../../src/contracts/evidence-codec.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import { anyEntry, effectEntry, intentEntry, proposalEntry } from '../support/builders/evidence.ts';

const encoded = (entry: EvidenceEntry): string => {
  const result = encodeEntry(entry);
  return result.ok ? Buffer.from(result.value).toString('utf8') : `refused: ${result.error}`;
};
const decoded = (text: string): string => {
  const result = decodeEntry(Buffer.from(text));
  return result.ok ? 'fine' : result.error;
};

describe('evidence entries', () => {
  test('are canonical JSON: keys sorted, nothing between', () => {
    expect(encoded(effectEntry({ run: 'r', asset: 'a' }))).toBe(
      `{"apiVersion":"patchwarden/v1","asset":"a","lock":"sha256:${'e'.repeat(64)}","outcome":"installed","run":"r","time":"2024-10-24T12:00:00Z","type":"effect"}`,
    );
  });

  test('round trip', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const bytes = encodeEntry(entry);
        expect(bytes.ok && decodeEntry(bytes.value)).toEqual({ ok: true, value: entry });
      }),
    );
  });

  test.each<[string, EvidenceEntry, RegExp]>([
    ['too large', intentEntry({ asset: 'x'.repeat(66_000) }), /bytes and the log holds at most 65535/],
    [
      'out of its schema',
      proposalEntry({ pull: 0 }),
      /does not fit its schema: "pull" must be at least 1, but is 0$/,
    ],
    ['with a bad time', effectEntry({ time: 'yesterday' }), /schema: "time" must be a moment/],
    ['with half a character', effectEntry({ reason: '\ud800' }), /refused/],
    [
      'with a forbidden key',
      proposalEntry({ digests: JSON.parse(`{"__proto__":"sha256:${'0'.repeat(64)}"}`) }),
      /refused/,
    ],
    [
      'of no type',
      { type: 'rumour' } as unknown as EvidenceEntry,
      /must be an object with "type": "proposal" or/,
    ],
  ])('%s are refused', (_, entry, message) => {
    expect(encoded(entry)).toMatch(message);
  });

  test('are read only in their one form', () => {
    const text = encoded(proposalEntry());
    expect(decoded(text)).toBe('fine');
    expect(decoded(text.replace('"pull":1', '"pull":1,"pull":1'))).toContain('not canonical');
    expect(decoded(text.replace('{"apiVersion"', '{ "apiVersion"'))).toContain('not canonical');
    expect(decoded(`\ufeff${text}`)).toContain('not JSON');
    expect(decoded(text.slice(0, -1))).toContain('not JSON');
    expect(decoded('[]'.repeat(2))).toContain('not JSON');
    expect(decoded(`${'['.repeat(40)}${']'.repeat(40)}`)).toContain('nested');
    expect(
      decoded(
        text
          .replace('"policy"', '"constructor"')
          .replace(/"digests":\{.*?\}/, `"digests":{"constructor":"sha256:${'a'.repeat(64)}"}`),
      ),
    ).toContain('not allowed');
    expect(decoded('null')).toContain('but is null');
    const bytes = decodeEntry(Buffer.from([0x22, 0xff, 0x22]));
    expect(bytes).toEqual({ ok: false, error: 'it is not UTF-8 text' });
  });
});
