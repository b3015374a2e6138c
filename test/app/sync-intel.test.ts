import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSnapshots } from '../../src/app/snapshots.ts';
import { staleIntel } from '../../src/app/stale-intel.ts';
import { buildSync } from '../../src/app/sync.ts';
import { createWire } from '../../src/app/wire.ts';
import type { Config, IntelFeed, IntelLimits } from '../../src/contracts/generated/config.ts';
import { validateKind } from '../../src/contracts/validate.ts';
import { readManifest } from '../../src/observe/snapshot.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const configOf = (feeds: readonly IntelFeed[], limits?: IntelLimits): Config => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Config',
  id: 'patchwarden',
  repository: 'example/fleet',
  fleet: { sources: [] },
  intel: { feeds: [...feeds], ...(limits ? { limits } : {}) },
  packages: { sources: [] },
  state: { kind: 'directory', path: 'state' },
});
const scores = (day: string, count: number, score = '0.5') =>
  `#model_version:v1,score_date:${day}T00:00:00+0000\ncve,epss,percentile\n${Array.from(
    { length: count },
    (_, i) => `CVE-2024-${1000 + i},${score},0.5\n`,
  ).join('')}`;
const record = (modified: string, over: object = {}) =>
  JSON.stringify({ id: 'CVE-2024-0001', modified, affected: [], ...over });

describe('sync of feeds', () => {
  let web: WebServer;
  let repo: string;
  beforeEach(async () => {
    web = await startWebServer();
    repo = tempDir();
  });
  afterEach(() => web.close());

  const state = () => createWire().stateStore(join(repo, 'state'));
  const sync = async (
    feeds: readonly IntelFeed[],
    over: { readonly accept?: readonly string[]; readonly now?: string; readonly limits?: IntelLimits } = {},
  ) => {
    const wire = createWire();
    const deps = { store: await wire.fleetStore(join(repo, 'state')), state: state() };
    const { limits, now = '2024-10-28T00:00:00Z', ...more } = over;
    try {
      const plan = await buildSync(wire, deps, { config: configOf(feeds, limits), repo, now, ...more });
      await writeSnapshots(deps, plan.snapshots);
      return plan;
    } finally {
      await deps.store.close();
    }
  };
  const inForce = async () =>
    (await readManifest(state(), 'intel'))?.feeds?.map((f) => [f.records, f.newest]);
  const epss = (): IntelFeed => ({ kind: 'epss', url: `${web.url}/epss.csv` });

  it('keeps in the manifest what each feed was', async () => {
    web.files.set('epss.csv', scores('2024-10-27', 3));
    writeFileSync(join(repo, 'a.json'), record('2024-10-20T00:00:00Z'));
    const plan = await sync([epss(), { kind: 'osv', path: 'a.json' }]);
    expect(plan).toMatchObject({ scored: 3, assessed: 0, refused: [], problems: [], notes: [] });
    expect((await readManifest(state(), 'intel'))?.feeds).toEqual([
      {
        label: `${web.url}/epss.csv`,
        kind: 'epss',
        records: 3,
        newest: '2024-10-27',
        fetchedAt: '2024-10-28T00:00:00Z',
      },
      {
        label: 'a.json',
        kind: 'osv',
        records: 1,
        newest: '2024-10-20T00:00:00Z',
        fetchedAt: '2024-10-28T00:00:00Z',
      },
    ]);
  });

  it('has one digest for one content, however it was fetched and when', async () => {
    web.files.set('epss.csv', scores('2024-10-27', 3));
    const digest = async (now: string) =>
      (await sync([epss()], { now })).snapshots.find((s) => s.manifest.snapshot === 'intel')?.manifest.digest;
    expect(await digest('2024-10-28T00:00:00Z')).toBe(await digest('2024-10-29T00:00:00Z'));
    expect(web.requests.filter((r) => r.includes(' if '))).toHaveLength(1);
  });

  it.each([
    ['shrinks', scores('2024-10-28', 17), 'shrank from 20 to 17 records, by more than 10 %'],
    ['jumps', scores('2024-10-28', 31), 'jumped from 20 to 31 records, by more than 50 %'],
    ['goes back', scores('2024-10-26', 20), 'goes back from 2024-10-27 to 2024-10-26'],
  ])('refuses a feed that %s, until a person accepts it', async (_name, next, why) => {
    web.files.set('epss.csv', scores('2024-10-27', 20));
    await sync([epss()]);
    const before = await inForce();
    web.files.set('epss.csv', next);
    const plan = await sync([epss()]);
    expect(plan.refused).toEqual([`${web.url}/epss.csv`]);
    expect(plan.problems).toEqual([
      `the feed ${web.url}/epss.csv ${why}: the intelligence in force stays; look at the feed, and if it is right run patchwarden sync --accept ${web.url}/epss.csv`,
    ]);
    expect(plan.snapshots.map((s) => s.manifest.snapshot)).toEqual(['first-seen', 'packages']);
    expect(await inForce()).toEqual(before);
    // It is the feed that is not believed, not the moment: asking again changes nothing.
    expect((await sync([epss()])).refused).toHaveLength(1);
    expect((await sync([epss()], { accept: [`${web.url}/epss.csv`] })).refused).toEqual([]);
    expect(await inForce()).not.toEqual(before);
    expect((await sync([epss()])).refused).toEqual([]);
  });

  it('goes by the limits of the config', async () => {
    web.files.set('epss.csv', scores('2024-10-27', 20));
    await sync([epss()]);
    web.files.set('epss.csv', scores('2024-10-27', 60));
    expect((await sync([epss()], { limits: { jump: 1 } })).refused).toHaveLength(1);
    expect((await sync([epss()], { limits: { jump: 2 } })).refused).toEqual([]);
  });

  it('accepts only what the config has', async () => {
    await expect(sync([{ kind: 'kev', path: 'kev.json' }], { accept: ['other'] })).rejects.toMatchObject({
      code: 'usage',
      message: 'the config has no feed other; it has kev.json',
    });
  });

  it('says which feeds are stale, and goes on', async () => {
    web.files.set('epss.csv', scores('2024-10-01', 3));
    const plan = await sync([{ ...epss(), maxAgeDays: 7 }]);
    expect(plan.notes).toEqual([
      expect.stringMatching(/is stale: its newest record is of 2024-10-01, 27 days ago/),
    ]);
    expect(plan.problems).toEqual([]);
    const intel = await readManifest(state(), 'intel');
    const at = (asOf: string) => staleIntel(intel, configOf([{ ...epss(), maxAgeDays: 30 }]), asOf);
    expect(at('2024-10-31T00:00:00Z')).toEqual([]);
    expect(at('2024-11-01T00:00:00Z')).toMatchObject([{ kind: 'epss', ageDays: 31, maxAgeDays: 30 }]);
    expect(staleIntel(intel, configOf([]), '2034-01-01T00:00:00Z')).toEqual([]);
  });

  it('knows what was withdrawn when an older copy comes back', async () => {
    const feed: IntelFeed = { kind: 'osv', path: 'feed' };
    const put = (text: string) => writeFileSync(join(repo, 'feed.json'), text);
    const withdrawn = async () => {
      const plan = await sync([{ ...feed, path: 'feed.json' }], { accept: ['feed.json'] });
      return plan.snapshots.find((s) => s.rows.advisories)?.rows.advisories?.[0]?.withdrawn ?? null;
    };
    put(record('2024-02-01T00:00:00Z', { withdrawn: '2024-02-01T00:00:00Z' }));
    expect(await withdrawn()).toBe('2024-02-01T00:00:00Z');
    put(record('2024-01-01T00:00:00Z'));
    expect(await withdrawn()).toBe('2024-02-01T00:00:00Z');
    expect(await withdrawn()).toBe('2024-02-01T00:00:00Z');
    put(record('2024-03-01T00:00:00Z'));
    expect(await withdrawn()).toBeNull();
  });

  it('mends a snapshot whose tables are damaged', async () => {
    writeFileSync(join(repo, 'feed.json'), record('2024-02-01T00:00:00Z'));
    await sync([{ kind: 'osv', path: 'feed.json' }]);
    const file = (await readManifest(state(), 'intel'))?.tables.advisories?.file ?? '';
    writeFileSync(join(repo, 'state', file), 'nonsense');
    const plan = await sync([{ kind: 'osv', path: 'feed.json' }]);
    expect(plan.notes).toEqual([expect.stringMatching(/^what was withdrawn before is not known any more/)]);
    expect(
      readFileSync(join(repo, 'state', file))
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1');
  });
});

describe('the config of feeds', () => {
  const problems = (feed: object) => validateKind('config', configOf([feed as IntelFeed]));
  it.each([
    [{ kind: 'osv', path: 'x' }],
    [{ kind: 'epss', path: 'x', modelDate: '2024-10-27', maxAgeDays: 7 }],
    [{ kind: 'kev', url: 'https://www.cisa.gov/feeds/known_exploited_vulnerabilities.json', maxBytes: 4096 }],
    [{ kind: 'debian-security-tracker', url: 'http://[::1]:80/x' }],
  ])('takes %j', (feed) => expect(problems(feed)).toEqual([]));
  it.each([
    [{ kind: 'osv', path: '' }],
    [{ kind: 'osv', url: 'https://user:secret@x/y' }],
    [{ kind: 'osv', url: 'file:///etc/passwd' }],
    [{ kind: 'rss', path: 'x' }],
    [{ kind: 'epss', path: 'x', modelDate: '2024-02-30' }],
    [{ kind: 'epss', path: 'x', maxAgeDays: 0 }],
  ])('refuses %j', (feed) => expect(problems(feed)).not.toEqual([]));
});
