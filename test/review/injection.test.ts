import { describe, expect, it } from 'vitest';
import { HIDDEN, renderTokens } from '../support/forge-markdown.ts';
import { ALL_PAYLOADS, PAYLOADS } from '../support/injection-payloads.ts';
import {
  HARMLESS,
  markedDocuments,
  untrustedDocuments,
  withoutEscaping,
} from '../support/untrusted-documents.ts';

it('there are at least 250 payloads, all different', () => {
  expect(new Set(ALL_PAYLOADS).size).toBe(ALL_PAYLOADS.length);
  expect(ALL_PAYLOADS.length).toBeGreaterThanOrEqual(250);
});

it('every field of the table reaches a text, outside of the lock diff too', () => {
  const { fields, documents } = markedDocuments();
  const prose = documents.map((d) => d.body.replace(/<details>[\s\S]*?<\/details>/g, '')).join('\n');
  const inDiff = ['origin', 'path'];
  expect([...fields].filter(([field, mark]) => !inDiff.includes(field) && !prose.includes(mark))).toEqual([]);
  for (const field of inDiff) expect(documents[0]?.body).toContain(fields.get(field));
});

describe('every payload in every field', () => {
  const harmless = HARMLESS.map((text) => untrustedDocuments(() => text));
  const shapes = harmless.map((documents) => documents.map((d) => renderTokens(d.body).shape));

  it.each(Object.entries(PAYLOADS))('%s: nothing but text', (_class, payloads) => {
    for (const payload of payloads)
      for (const [i, { kind, title, body }] of untrustedDocuments(() => payload).entries()) {
        const { shape, found } = renderTokens(body);
        expect({ payload, kind, found }).toEqual({ payload, kind, found: [] });
        expect(
          shapes.some((s) => s[i] === shape),
          `${kind}: ${JSON.stringify(payload)} changes the elements`,
        ).toBe(true);
        expect(title).toBe(harmless[0]?.[i]?.title);
        expect(title).not.toMatch(HIDDEN);
      }
  });
});

describe('with escaping off the same check catches', () => {
  const off = (payload: string) => renderTokens(withoutEscaping(payload));
  const { shape } = off('harmless words');

  it.each(Object.entries(PAYLOADS).filter(([kind]) => kind !== 'csv'))('%s', (_class, payloads) => {
    const caught = payloads.map(off).filter((wild) => wild.found.length > 0 || wild.shape !== shape);
    expect(caught.length / payloads.length).toBeGreaterThan(0.5);
  });
});
