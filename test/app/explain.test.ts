import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/app/explain.ts';
import { writeSnapshots } from '../../src/app/snapshots.ts';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import type { FleetRows } from '../../src/contracts/generated/fleet-rows.ts';
import type { Proof } from '../../src/domain/finding-proof.ts';
import { buildSnapshot, SNAPSHOT_TABLES, type SnapshotName } from '../../src/observe/snapshot.ts';
import { verifyInclusion } from '../../src/util/tlog/proofs.ts';
import { digest, effectEntry, intentEntry } from '../support/builders/evidence.ts';
import { createEvidenceWorld, EVIDENCE, type EvidenceWorld } from '../support/evidence-world.ts';
import { anAsset, anException, aPart, aWorld } from '../support/fleet-world.ts';
import { git, NOW, rawCommit } from '../support/git-fixtures.ts';

const KEY = 'pkg:deb/debian/openssl?arch=amd64&distro=debian-12';
const RUN = digest('5');

let w: EvidenceWorld;
beforeAll(async () => {
  w = await createEvidenceWorld();
  const lock = w.entries.flatMap((e) => (e.type === 'merge' ? e.locks : []))[0] ?? '';
  const packages = [{ purl: KEY, from: '1.0-1', to: '3.0.14-1~deb12u2', sha256: '1'.repeat(64) }];
  await w.log.append([intentEntry({ run: RUN, merge: w.merge, lock, packages })]);
  await w.log.append([effectEntry({ run: RUN, lock })]);
  const rows: FleetRows = {
    ...aWorld([anAsset('web-1', { env: 'prod' }), anAsset('web-2', {}), anAsset('new-1', { env: 'test' })]),
    components: [aPart({ name: 'openssl' })],
    kev: [{ cve: 'CVE-2024-1', dateAdded: '2024-10-02', dueDate: '2024-10-23', ransomware: false }],
    ssvc: ['2024-10-01', '2024-10-03'].map((day) => ({
      ...{ cve: 'CVE-2024-1', source: 'CISA-ADP', at: `${day}T00:00:00Z`, exploitation: 'poc' as const },
      ...{ automatable: 'yes' as const, technicalImpact: null },
    })),
    epss: [{ cve: 'CVE-2024-1', score: 0.25, percentile: null, modelDate: '2024-10-05' }],
  };
  const wire = createWire();
  const directory = join(w.world.clone, '.state');
  const deps = { store: await wire.fleetStore(directory), state: wire.stateStore(directory) };
  const names = Object.keys(SNAPSHOT_TABLES) as SnapshotName[];
  const feeds = [{ label: 'kev.json', kind: 'kev' as const, records: 1, newest: null, fetchedAt: NOW }];
  await writeSnapshots(
    deps,
    names.map((n) => buildSnapshot(n, rows, NOW, new Map(), n === 'intel' ? feeds : undefined)),
  );
  await deps.store.close();
});
const head = () => git(w.world.origin, ['rev-parse', EVIDENCE]);
let good = '';
beforeAll(() => {
  good = head();
});
afterEach(() => {
  git(w.world.origin, ['update-ref', EVIDENCE, good]);
  git(w.world.origin, ['update-ref', 'refs/heads/main', w.merge]);
  git(w.world.clone, ['reset', '-q', '--hard', w.world.anchor]);
  git(w.world.clone, ['clean', '-qfd', 'exceptions']);
});
afterAll(() => w.world.dispose());

async function run(argv: readonly string[]) {
  let out = '';
  let err = '';
  const log = { info: () => {}, warn: (message: string) => void (err += message) };
  const code = await runCli(['explain', ...argv, '--as-of', NOW], {
    ...{ cwd: w.world.clone, env: {}, isTty: false, wire: { ...createWire(), log } },
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}
type Proven = Explanation & { readonly proof: Proof };
const proven = async (...argv: readonly string[]): Promise<Proven> => {
  const { code, out, err } = await run([
    ...argv,
    '--proof',
    '--trust-anchor',
    w.world.anchor,
    '--format',
    'json',
  ]);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Proven;
};
const write = (path: string, content: unknown) => {
  const at = rawCommit(w.world.clone, {
    base: w.world.anchor,
    files: { [path]: `${JSON.stringify(content, null, 2)}\n` },
    parents: [w.world.anchor],
    message: 'Change\n',
    signer: w.world.keys.author,
  });
  git(w.world.clone, ['reset', '-q', '--hard', at]);
  return at;
};

describe('explain', () => {
  it('names the source of every input', async () => {
    const { out } = await run(['web-1', 'ADV-1', '--format', 'json']);
    const { findings, snapshots, feeds, rules } = JSON.parse(out) as Explanation;
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      inputs: {
        records: [{ record: 'ADV-1', feed: 'test', severity: 'high', severitySource: 'none' }],
        exploited: [{ cve: 'CVE-2024-1', dateAdded: '2024-10-02', dueDate: '2024-10-23' }],
        ssvc: [{ cve: 'CVE-2024-1', source: 'CISA-ADP', at: '2024-10-03T00:00:00Z', exploitation: 'poc' }],
        epss: [{ cve: 'CVE-2024-1', score: 0.25, modelDate: '2024-10-05' }],
      },
      from: null,
      responsible: {
        ...{ owner: 'team:ops', document: 'baselines/servers.json' },
        approvers: ['team:ops', 'team:security'],
      },
    });
    expect(snapshots.intel).toEqual({ digest: expect.stringMatching(/^sha256:/), at: NOW });
    expect(feeds.map((f) => f.label)).toEqual(['kev.json']);
    for (const { path, line, controls } of rules) {
      expect(path).toMatch(/^rules\//);
      expect(line).toBeGreaterThan(1);
      expect(controls.map((c) => c.framework)).toContain('iso-27001-2022');
    }
  });

  it('tells which commit brought a document, and when the work tree differs', async () => {
    const documents = async () =>
      (JSON.parse((await run(['web-1', '--format', 'json'])).out) as Explanation).documents;
    const file = 'baselines/servers.json';
    expect(await documents()).toEqual([{ file, state: 'committed', commit: w.world.anchor }]);
    const text = await w.repository.readFile(w.world.anchor, file);
    const changed = { ...JSON.parse(text ?? ''), description: 'Changed.' };
    const commit = write(file, changed);
    expect(await documents()).toEqual([{ file, state: 'committed', commit }]);
    git(w.world.clone, ['reset', '-q', '--soft', w.world.anchor]);
    expect(await documents()).toEqual([{ file, state: 'changed', commit: null }]);
  });

  it.each([
    [{}, true, 'it selects the asset (everything), until 2024-12-31'],
    [{ validFrom: '2024-11-01' }, false, 'its first day is 2024-11-01'],
    [{ validUntil: '2024-10-01' }, false, 'its last day was 2024-10-01'],
    [{ maxAssets: 1 }, false, 'it would cover 3 assets, more than its maxAssets (1)'],
    [
      { select: { all: [{ label: 'env', in: ['prod', 'test'] }], none: [{ label: 'env', in: ['prod'] }] } },
      false,
      'it does not select this asset, since it asks for none of (env=prod)',
    ],
    [
      { match: { component: { name: 'openssl', before: '0.5' } } },
      false,
      'it is for versions of openssl below 0.5 only',
    ],
    [{ controls: [] }, false, 'the rule exceptions/known-exploited does not let it count'],
  ])('says why an exception with %j holds or not', async (change, holds, why) => {
    write('exceptions/exc.json', anException('exc', { controls: ['a wall'], ...change }));
    const { out } = await run(['web-1', 'ADV-1', '--format', 'json']);
    const { exceptions, findings } = JSON.parse(out) as Explanation;
    expect(exceptions).toMatchObject([
      { exception: 'exc', file: 'exceptions/exc.json', owner: 'team:ops', ticket: 'T-1', holds, why },
    ]);
    const [finding] = findings;
    expect(finding?.status === 'excepted').toBe(holds);
    expect(finding?.responsible.document).toBe(holds ? 'exceptions/exc.json' : 'baselines/servers.json');
    if ('validFrom' in change)
      expect(finding?.next).toEqual({ day: '2024-11-01', what: 'the exception exc begins' });
  });
});

describe('explain --proof', () => {
  it('shows the merge with its people, and evidence that is in the signed log', async () => {
    const { proof } = await proven('web-1', 'ADV-1');
    expect(proof).toMatchObject({ anchor: w.world.anchor, head: w.merge, merges: 1 });
    expect(proof.documents).toEqual([{ file: 'baselines/servers.json', merge: null }]);
    const [finding] = proof.findings;
    expect(finding).toMatchObject({
      name: 'openssl',
      advisory: 'ADV-1',
      lock: { file: 'locks/servers/prod.lock.json', generation: 2, key: KEY, version: '3.0.14-1~deb12u2' },
      merge: {
        ...{ commit: w.merge, pull: 1 },
        approvals: [{ commit: w.approval, person: 'ben', teams: ['ops'] }],
      },
      missing: ['the entry in locks/servers/prod.lock.json does not name ADV-1'],
    });
    expect(finding?.evidence.map((e) => e.type)).toEqual([
      ...['proposal', 'approval', 'merge', 'intent', 'effect'],
    ]);
    expect(proof.log).toEqual(await w.log.head());
    for (const { index, leaf, inclusion } of finding?.evidence ?? [])
      expect(
        verifyInclusion(
          Buffer.from(leaf, 'hex'),
          index,
          proof.log.size,
          Buffer.from(proof.log.root, 'hex'),
          inclusion.map((h) => Buffer.from(h, 'hex')),
        ),
      ).toBe(true);
    const { out } = await run(['web-1', 'ADV-1', '--proof', '--trust-anchor', w.world.anchor]);
    expect(out).toContain('approved by ben (ops)');
  });

  it('says plainly when there is nothing yet', async () => {
    const [other] = (await proven('web-2', 'ADV-1')).proof.findings;
    expect(other?.missing).toContain('nothing was logged about openssl on web-2 yet');
    expect(other?.evidence.map((e) => e.type)).toEqual(['proposal', 'approval', 'merge']);
    const [fresh] = (await proven('new-1', 'ADV-1')).proof.findings;
    expect(fresh).toMatchObject({
      ...{ lock: null, merge: null, evidence: [] },
      missing: ['locks/servers/canary.lock.json has no entry for openssl yet: no patch of it was merged'],
    });
  });

  it('decides by the verified head, whatever the work tree says', async () => {
    write('exceptions/exc.json', anException('exc', { controls: ['a wall'] }));
    const { exceptions, findings } = await proven('web-1', 'ADV-1');
    expect([exceptions, findings[0]?.status]).toEqual([[], 'missing']);
  });

  it.each<[string, () => readonly string[] | Promise<readonly string[]>]>([
    ['without a trust anchor', () => []],
    ['from an anchor that is none', () => ['--trust-anchor', 'f'.repeat(40)]],
    [
      'when somebody pushed past the approvals',
      () => {
        w.pushStraight({ 'holds/x.json': '{}' });
        return ['--trust-anchor', w.world.anchor];
      },
    ],
    [
      'when the log was cut off',
      async () => {
        // Only this controller has seen how long the log was.
        const { size, root } = await w.log.head();
        mkdirSync(join(w.world.clone, '.state/evidence'), { recursive: true });
        writeFileSync(
          join(w.world.clone, '.state/evidence/head'),
          `${size}:${root}
`,
        );
        const first = git(w.world.origin, ['rev-list', '--max-parents=0', EVIDENCE]);
        git(w.world.origin, ['update-ref', EVIDENCE, first]);
        return ['--trust-anchor', w.world.anchor];
      },
    ],
  ])('%s refuses with 5 and prints nothing', async (_, prepare) => {
    const { code, out } = await run(['web-1', 'ADV-1', '--proof', ...(await prepare())]);
    expect([code, out]).toEqual([5, '']);
  });
});
