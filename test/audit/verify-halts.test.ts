import { expect, it } from 'vitest';
import { verifyHalts } from '../../src/audit/verify-halts.ts';
import { verifyRuns } from '../../src/audit/verify-runs.ts';
import type { EvidenceEntry, HaltEvidence } from '../../src/contracts/generated/evidence-entry.ts';
import { digest, effectEntry, intentEntry, mergeEntry } from '../support/builders/evidence.ts';

const logged = (entries: readonly EvidenceEntry[]) => entries.map((entry, index) => ({ entry, index }));
const problems = (...entries: readonly EvidenceEntry[]) => verifyHalts(logged(entries)).map((p) => p.message);
const purl = 'pkg:deb/debian/app?arch=amd64&distro=debian-12';
const intent = (over: object = {}) =>
  intentEntry({ packages: [{ purl, from: '1', to: '2', sha256: 'a'.repeat(64) }], ...over });
const halt = (scope: HaltEvidence['scope'], over: Partial<HaltEvidence> = {}): HaltEvidence => ({
  apiVersion: 'patchwarden/v1',
  type: 'halt',
  ...{ time: '2024-10-24T12:00:00Z', id: digest('7'), scope, reason: 'bad', by: 'person:ola' },
  ...over,
});
const lift: EvidenceEntry = {
  apiVersion: 'patchwarden/v1',
  type: 'lift',
  ...{ time: '2024-10-24T12:00:00Z', halt: digest('7'), reason: 'fine', by: 'person:ola' },
};
const app = { kind: 'package', stream: 'debian:12:amd64', package: 'app', version: '2' } as const;

it.each([
  ['everything', { kind: 'all' }],
  ['the version', app],
  ['the ring', { kind: 'ring', baseline: 'servers', ring: 'prod' }],
  ['the baseline', { kind: 'ring', baseline: 'servers', ring: null }],
] as const)(
  'an intent after a halt of %s is a problem, before it or after the lift it is none',
  (_n, scope) => {
    expect(problems(mergeEntry(), halt(scope), intent())).toEqual([
      expect.stringContaining('was halted (entry 1'),
    ]);
    expect(problems(mergeEntry(), intent(), halt(scope))).toEqual([]);
    expect(problems(mergeEntry(), halt(scope), lift, intent())).toEqual([]);
  },
);

it.each([
  ['another version', { ...app, version: '3' }],
  ['another architecture', { ...app, stream: 'debian:12:arm64' }],
  ['another ring', { kind: 'ring', baseline: 'servers', ring: 'lab' }],
] as const)('a halt of %s forbids nothing here', (_n, scope) => {
  expect(problems(mergeEntry(), halt(scope), intent())).toEqual([]);
});

it('a halt of a gate follows from a run, a lift from a halt, and neither is said twice', () => {
  const gate = halt(app, { by: 'gate', run: intent().run });
  expect(problems(mergeEntry(), intent(), effectEntry({ outcome: 'restored' }), gate)).toEqual([]);
  expect(problems(mergeEntry(), intent(), gate)).toEqual([expect.stringContaining('no run ended before it')]);
  expect(problems(lift)).toEqual([expect.stringContaining('no halt')]);
  expect(problems(halt(app), lift, halt(app))).toEqual([expect.stringContaining('was logged before')]);
  expect(problems(halt(app), lift, lift)).toHaveLength(1);
});

it('epochs only grow', () => {
  const of = (...epochs: readonly number[]) =>
    verifyRuns(
      logged([mergeEntry(), ...epochs.map((epoch, i) => intent({ epoch, run: digest(String(i)) }))]),
    ).problems.map((p) => p.message);
  expect(of(1, 1, 4)).toEqual([]);
  expect(of(1, 4, 3)).toEqual([expect.stringContaining('it has the epoch 3, after one of epoch 4')]);
});
