import type { FindingProof, Proof, ProvenMerge } from '../../../src/domain/finding-proof.ts';
import { commitId } from './evidence.ts';

const MERGE: ProvenMerge = {
  ...{ commit: commitId('b'), at: '2024-10-24T12:00:00Z', pull: 7, kind: 'remediate', scope: 'servers/prod' },
  ...{ merger: 'mia', approvals: [{ commit: commitId('c'), person: 'ben', teams: ['ops'] }] },
};
const FINDING: FindingProof = {
  name: 'openssl',
  advisory: 'DSA-1',
  lock: {
    ...{
      file: 'locks/servers/prod.lock.json',
      generation: 2,
      key: 'pkg:deb/debian/openssl',
      version: '3.0.15',
    },
    ...{ approvedBy: 'security', closes: true },
  },
  merge: MERGE,
  evidence: [
    { index: 4, type: 'intent', time: '2024-10-24T13:00:00Z', leaf: 'd'.repeat(64), inclusion: ['e', 'f'] },
  ],
  missing: ['the end of what was announced is not logged yet'],
};

export const aProof = (finding: Partial<FindingProof> = {}, over: Partial<Proof> = {}): Proof => ({
  ...{ anchor: commitId('1'), head: commitId('2'), merges: 3, log: { size: 6, root: '9'.repeat(64) } },
  documents: [
    { file: 'baselines/servers.json', merge: null },
    { file: 'exceptions/x.json', merge: { ...MERGE, approvals: [] } },
  ],
  findings: [{ ...FINDING, ...finding }],
  ...over,
});
