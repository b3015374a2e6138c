import { describe, expect, test } from 'vitest';
import type { EvidenceVerdict } from '../../src/domain/evidence.ts';
import { auditLogJson, auditLogText, summaryOf } from '../../src/report/audit-log.ts';
import { auditVerifyJson, auditVerifyText } from '../../src/report/audit-verify.ts';
import { effectEntry, story } from '../support/builders/evidence.ts';

const leaves = story().map((entry, index) => ({ index, entry, leaf: String(index).repeat(64) }));
const head = { size: 5, root: 'ab'.repeat(32) };
const verdict = (over: Partial<EvidenceVerdict>): EvidenceVerdict => ({
  ok: true,
  entries: [],
  head,
  open: [],
  problems: [],
  ...over,
});

describe('the log as a report', () => {
  test('says what each entry is about', () => {
    expect(story().map(summaryOf)).toEqual([
      'pull request 1: remediate servers/prod, content cccccccccccc',
      'pull request 1: merged by mia as 222222222222, 0 approvals, 1 lock',
      'web-1: will install 1 package of lock eeeeeeeeeeee, merged as 222222222222',
      'web-1: installed, lock eeeeeeeeeeee',
      'web-1: equal with lock eeeeeeeeeeee',
    ]);
  });

  test('text is one line an entry, also when an entry carries line breaks or terminal codes', () => {
    const hostile = effectEntry({ outcome: 'failed', reason: 'no\n\u001b[31mspace' });
    const text = auditLogText([...leaves, { index: 5, entry: hostile, leaf: 'f'.repeat(64) }]);
    expect(text.trimEnd().split('\n')).toHaveLength(6);
    expect(text).not.toContain('\u001b');
    expect(auditLogText([])).toBe('The evidence log is empty.\n');
  });

  test('json is an array', () => {
    const [first] = JSON.parse(auditLogJson(leaves));
    expect(Object.keys(first)).toEqual(['index', 'time', 'type', 'summary', 'leaf', 'entry']);
    expect(auditLogJson([])).toBe('[]\n');
  });
});

describe('the verdict as a report', () => {
  const text = `5:${'ab'.repeat(32)}`;
  const open = [{ entry: 2, run: 'sha256:dd', asset: 'web-1' }];
  const problems = [{ entry: 3, message: 'entry 3 (effect): no\nmore' }];

  test('fine', () => {
    expect(auditVerifyJson(verdict({}))).toBe(`{\n  "ok": true,\n  "entries": 5,\n  "head": "${text}"\n}\n`);
    expect(auditVerifyText(verdict({}))).toBe(`The evidence verifies: 5 entries, head ${text}.\n`);
  });

  test('with a run under way', () => {
    expect(JSON.parse(auditVerifyJson(verdict({ open })))).toEqual({
      ok: true,
      entries: 5,
      head: text,
      open,
    });
    expect(auditVerifyText(verdict({ open }))).toContain(
      'Under way or interrupted: entry 2, web-1, run sha256:dd.',
    );
  });

  test('broken', () => {
    const broken = verdict({ ok: false, problems });
    expect(JSON.parse(auditVerifyJson(broken))).toEqual({ ok: false, entries: 5, head: text, problems });
    expect(auditVerifyText(broken).split('\n')).toEqual([
      `The evidence does not verify (5 entries, head ${text}):`,
      '- entry 3 (effect): no\\u{a}more',
      '',
    ]);
  });
});
