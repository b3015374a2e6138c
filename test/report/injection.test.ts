import { describe, expect, it } from 'vitest';
import { doctorText } from '../../src/report/doctor.ts';
import { proofText } from '../../src/report/explain-proof.ts';
import { explainText } from '../../src/report/explain-text.ts';
import { reconcileText } from '../../src/report/reconcile.ts';
import { statusText } from '../../src/report/status-text.ts';
import { explanationView, fullExplanation } from '../support/builders/explanation-view.ts';
import { aProof } from '../support/builders/proof.ts';
import { fullStatus } from '../support/builders/status-view.ts';
import { HIDDEN } from '../support/forge-markdown.ts';
import { ALL_PAYLOADS } from '../support/injection-payloads.ts';

/** What the program itself made, and the words of a closed set by which a report finds its own words. */
const OURS = ['code', 'level', 'action', 'asOf', 'policy', 'fleet', 'intel'];

/** The same value with every text in it replaced, names of labels too. */
function filled<T>(value: T, payload: string): T {
  const fill = (v: unknown, key: string): unknown => {
    if (typeof v === 'string') return OURS.includes(key) ? v : payload;
    if (Array.isArray(v)) return v.map((item) => fill(item, key));
    if (typeof v !== 'object' || v === null) return v;
    const named = ['labels', 'labelSources', 'byStatus', 'snapshots', 'without'].includes(key);
    return Object.fromEntries(Object.entries(v).map(([k, item]) => [named ? payload : k, fill(item, k)]));
  };
  return fill(value, '') as T;
}

const RECONCILE = {
  head: 'x',
  actions: ['open', 'defer', 'keep', 'failed'].map((action, i) => ({
    ...{ action, kind: 'x', scope: 'x', number: i === 0 ? null : i, contentDigest: 'x', reason: 'x' },
  })),
  leftOut: [{ baseline: 'x', name: 'x', version: 'x', reason: 'x' }],
  observations: [
    { ...{ code: 'no-ring' as const, subject: 'x', owner: 'x', assets: 2 }, names: ['x'], sentence: 'x' },
  ],
};
const DOCTOR = [
  { code: 'history' as const, level: 'ok' as const, sentence: 'x' },
  { code: 'clock' as const, level: 'fail' as const, sentence: 'x', remedy: 'x' },
];

const REPORTS: Readonly<Record<string, (payload: string) => string>> = {
  reconcile: (p) => reconcileText(filled(RECONCILE, p)),
  status: (p) => statusText(filled(fullStatus(), p)),
  'explain, as a list': (p) => explainText(filled(explanationView(), p), false),
  'explain, as a tree': (p) => explainText(filled(fullExplanation(), p), true),
  'explain --proof': (p) => proofText(filled(aProof(), p)),
  doctor: (p) => doctorText(filled(DOCTOR, p)),
};

const linesOf = (text: string): readonly string[] => text.split('\n');
const isMoved = (text: string, lines: number): boolean =>
  linesOf(text).length !== lines || linesOf(text).some((line) => HIDDEN.test(line));

describe.each(Object.entries(REPORTS))('%s on a terminal', (_name, report) => {
  it('shows every text of every field, and nothing that moves, hides or adds a line', () => {
    const harmless = report('harmless words');
    expect(harmless).toContain('harmless words');
    const lines = linesOf(harmless).length;
    expect(ALL_PAYLOADS.filter((payload) => isMoved(report(payload), lines))).toEqual([]);
  });
});

it.each(['\u001b[2J', 'a\u202eb', 'a\nb', 'a\u009b31m'])('unescaped, %j is caught', (payload) => {
  expect(isMoved(`left out of ${payload}\n`, 2)).toBe(true);
});
