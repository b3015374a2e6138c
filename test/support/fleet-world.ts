import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { Exception } from '../../src/contracts/generated/exception.ts';
import type {
  AdvisoryRow,
  AssetRow,
  ComponentRow,
  FleetRows,
  PackageRow,
} from '../../src/contracts/generated/fleet-rows.ts';
import { NO_ROWS } from './fleet-store.ts';

export const STREAM = 'debian:12:amd64';

export const anAsset = (asset: string, labels: Record<string, string>): AssetRow => ({
  asset,
  stream: STREAM,
  set: 'set-1',
  labels,
  unknown: null,
  runningKernel: null,
  rebootRequired: false,
  observedAt: '2024-10-24T00:00:00Z',
  source: 'test',
});

export const aPart = (change: Partial<ComponentRow> = {}): ComponentRow => ({
  set: 'set-1',
  name: 'libssl3',
  version: '1.0-1',
  arch: 'amd64',
  sourcePackage: 'openssl',
  sourceVersion: '1.0-1',
  held: false,
  state: 'installed',
  ...change,
});

export const anAdvisory = (): AdvisoryRow => ({
  advisory: 'ADV-1',
  kind: 'vulnerability',
  aliases: ['CVE-2024-1'],
  related: [],
  summary: '',
  published: '2024-10-01T08:00:00Z',
  modified: null,
  withdrawn: null,
  severity: 'high',
  severitySource: 'none',
  score: null,
  feed: 'test',
});

export const aPackage = (change: Partial<PackageRow> = {}): PackageRow => ({
  source: 'test',
  origin: 'debian:bookworm-security/main',
  stream: STREAM,
  security: true,
  name: 'libssl3',
  version: '1.0-2',
  arch: 'amd64',
  sourcePackage: 'openssl',
  sourceVersion: '1.0-2',
  sha256: 'a'.repeat(64),
  size: 10,
  filename: 'pool/libssl3.deb',
  section: 'libs',
  priority: 'optional',
  phased: null,
  fetch: 'host',
  immutable: false,
  stanza: 'Package: libssl3\n',
  ...change,
});

/** One component set with one package, which one advisory concerns and version 1.0-2 fixes. */
export const aWorld = (assets: AssetRow[], change: Partial<FleetRows> = {}): FleetRows => ({
  ...NO_ROWS,
  assets,
  components: [aPart()],
  advisories: [anAdvisory()],
  affected: [
    {
      advisory: 'ADV-1',
      ecosystem: 'debian:12',
      package: 'openssl',
      scheme: 'dpkg',
      introduced: '0',
      fixed: '1.0-2',
      lastAffected: null,
      versions: [],
      urgency: null,
    },
  ],
  ...change,
});

export const aBaseline = (id: string, change: Partial<Baseline> = {}): Baseline => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Baseline',
  id,
  owner: 'team:ops',
  mode: 'propose',
  select: {},
  priority: 10,
  approve: [{ id: 'all', match: {} }],
  deadlines: [
    {
      id: 'sla',
      kind: 'severity-sla',
      clock: 'published',
      days: { critical: 7, high: 30, medium: 60, low: 90, unknown: 90 },
    },
  ],
  rings: [{ id: 'all', select: {} }],
  ...change,
});

export const anException = (id: string, change: Partial<Exception> = {}): Exception => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Exception',
  id,
  owner: 'team:ops',
  reason: 'test',
  ticket: 'T-1',
  match: { advisories: ['ADV-1'] },
  select: {},
  validFrom: '2024-01-01',
  validUntil: '2024-12-31',
  decision: 'accept-risk',
  ...change,
});
