import fc from 'fast-check';
import type {
  EffectEvidence,
  EvidenceEntry,
  IntentEvidence,
  MergeEvidence,
  ProposalEvidence,
  VerificationEvidence,
} from '../../../src/contracts/generated/evidence-entry.ts';
import { type NoteSigner, signerOf } from '../../../src/util/tlog/note-keys.ts';

/** A log key from a fixed seed, so that every run signs the same bytes. */
export function logKey(seed = 7, name = 'log.example.org/patchwarden'): NoteSigner {
  const key = signerOf(name, Buffer.alloc(32, seed));
  if ('problem' in key) throw new Error(key.problem);
  return key.value;
}

export const digest = (fill: string): string => `sha256:${fill.repeat(64).slice(0, 64)}`;
export const commitId = (fill: string): string => fill.repeat(40).slice(0, 40);
const common = { apiVersion: 'patchwarden/v1', time: '2024-10-24T12:00:00Z' } as const;

export const proposalEntry = (over: Partial<ProposalEvidence> = {}): ProposalEvidence => ({
  ...common,
  type: 'proposal',
  pull: 1,
  kind: 'remediate',
  scope: 'servers/prod',
  contentDigest: digest('c'),
  head: commitId('1'),
  digests: { policy: digest('a'), intel: digest('b') },
  ...over,
});

export const mergeEntry = (over: Partial<MergeEvidence> = {}): MergeEvidence => ({
  ...common,
  type: 'merge',
  commit: commitId('2'),
  pull: 1,
  kind: 'remediate',
  scope: 'servers/prod',
  contentDigest: digest('c'),
  approvals: [],
  merger: 'mia',
  locks: [digest('e')],
  ...over,
});

export const intentEntry = (over: Partial<IntentEvidence> = {}): IntentEvidence => ({
  ...common,
  type: 'intent',
  run: digest('d'),
  asset: 'web-1',
  merge: commitId('2'),
  lock: digest('e'),
  plan: digest('f'),
  packages: [{ purl: 'pkg:deb/debian/openssl', from: '3.0.11', to: '3.0.14', sha256: 'a'.repeat(64) }],
  ...over,
});

export const effectEntry = (over: Partial<EffectEvidence> = {}): EffectEvidence => ({
  ...common,
  type: 'effect',
  run: digest('d'),
  asset: 'web-1',
  lock: digest('e'),
  outcome: 'installed',
  ...over,
});

export const verificationEntry = (over: Partial<VerificationEvidence> = {}): VerificationEvidence => ({
  ...common,
  type: 'verification',
  run: digest('d'),
  asset: 'web-1',
  lock: digest('e'),
  state: 'equal',
  components: digest('9'),
  ...over,
});

/** Proposal, merge, intent, effect, verification: the shortest whole story. */
export const story = (): readonly EvidenceEntry[] => [
  proposalEntry(),
  mergeEntry(),
  intentEntry(),
  effectEntry(),
  verificationEntry(),
];

/** Many distinct small entries. */
export const proposals = (count: number, from = 0): readonly EvidenceEntry[] =>
  Array.from({ length: count }, (_, i) => proposalEntry({ pull: from + i + 1 }));

const anyDigest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);
const anyText = fc.string({ unit: 'grapheme', maxLength: 40 });

/** Valid entries with arbitrary text in them; what they say need not make sense. */
export const anyEntry: fc.Arbitrary<EvidenceEntry> = fc.oneof(
  fc
    .record({ pull: fc.integer({ min: 1, max: 1e9 }), scope: anyText, contentDigest: anyDigest })
    .map(proposalEntry),
  fc.record({ merger: anyText, locks: fc.array(anyDigest, { maxLength: 3 }) }).map(mergeEntry),
  fc.record({ run: anyText, asset: anyText, lock: anyDigest }).map(intentEntry),
  fc
    .record({ run: anyText, reason: anyText, outcome: fc.constantFrom('installed', 'failed', 'refused') })
    .map((o) => effectEntry(o as Partial<EffectEvidence>)),
  fc.record({ run: anyText, components: anyDigest }).map(verificationEntry),
);
