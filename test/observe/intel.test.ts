import { describe, expect, it } from 'vitest';
import { observeIntel } from '../../src/observe/intel.ts';
import type { IntelFeed } from '../../src/ports/intel-feed.ts';

const feed = (files: Readonly<Record<string, unknown>>, label = 'feed'): IntelFeed => ({
  label,
  async *files() {
    for (const [path, content] of Object.entries(files))
      yield { path, bytes: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)) };
  },
});
const osv = (id: string, ecosystem: string, fixed: string, modified = '2024-01-01T00:00:00Z') => ({
  id,
  modified,
  affected: [
    {
      package: { ecosystem, name: 'x' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    },
  ],
});
const kev = { catalogVersion: '1', vulnerabilities: [{ cveID: 'CVE-2024-0001', dateAdded: '2024-01-01' }] };

describe('intelligence', () => {
  it('is read by content, in any mixture, sorted', async () => {
    const intel = await observeIntel([
      feed({
        'b.json': osv('CVE-2024-2', 'Debian:12', '2'),
        'kev.json': kev,
        'a/b/c.json': osv('CVE-2024-1', 'Debian:12', '1'),
        'other.json': { hello: 1 },
      }),
    ]);
    expect(intel.advisories.map((a) => a.advisory)).toEqual(['CVE-2024-1', 'CVE-2024-2']);
    expect(intel.affected.map((a) => a.fixed)).toEqual(['1', '2']);
    expect(intel).toMatchObject({ kev: [{ cve: 'CVE-2024-0001' }], records: 3, ignored: 1, problems: [] });
  });

  it('names a damaged file and reads the others', async () => {
    const intel = await observeIntel([
      feed({
        'bad.json': '{"id": ',
        'worse.json': '{"__proto__": 1}',
        'odd.json': { id: 'a b', modified: 'x' },
        'good.json': osv('CVE-2024-1', 'Debian:12', '1'),
      }),
    ]);
    expect(intel.advisories).toHaveLength(1);
    expect(intel.problems).toEqual([
      expect.stringContaining('feed/bad.json is no JSON: '),
      'feed/worse.json has the key "__proto__", which is not allowed',
      'feed/odd.json: its id is no advisory id',
    ]);
  });

  it('shows no hidden characters of what is damaged', async () => {
    const intel = await observeIntel([feed({ '\u001b[2J.json': '{"\u202e', 'good.json': kev })]);
    expect(intel.problems).toEqual([expect.stringMatching(/^feed\/\\u\{1b\}\[2J\.json is no JSON: [ -~]+$/)]);
  });

  it.each([[{}], [{ 'x.json': { hello: 1 } }], [{ 'x.json': '{' }]])(
    'refuses a feed without any record: %j',
    async (files) => {
      await expect(observeIntel([feed({ 'ok.json': kev }), feed(files, 'second')])).rejects.toMatchObject({
        code: 'source-failed',
        message: expect.stringContaining('second has no record of intelligence'),
      });
    },
  );

  it('of two records with one id the newer counts, for each ecosystem', async () => {
    const old = osv('CVE-2024-1', 'Debian:12', '1', '2024-01-01T00:00:00Z');
    const newer = osv('CVE-2024-1', 'Debian:12', '2', '2024-02-01T00:00:00Z');
    const ubuntu = osv('CVE-2024-1', 'Ubuntu:22.04:LTS', '3', '2023-01-01T00:00:00Z');
    for (const files of [
      { a: old, b: newer, c: ubuntu },
      { a: ubuntu, b: newer, c: old },
    ]) {
      const intel = await observeIntel([feed(files)]);
      expect(intel.affected.map((a) => [a.ecosystem, a.fixed])).toEqual([
        ['debian:12', '2'],
        ['ubuntu:22.04', '3'],
      ]);
      expect(intel.advisories).toMatchObject([{ modified: '2024-02-01T00:00:00Z' }]);
    }
  });

  it('keeps what concerns the ecosystems that are asked for', async () => {
    const files = { a: osv('CVE-2024-1', 'Debian:12', '1'), b: osv('CVE-2024-2', 'Debian:11', '1'), k: kev };
    const intel = await observeIntel([feed(files)], { ecosystems: new Set(['debian:11']) });
    expect(intel.advisories.map((a) => a.advisory)).toEqual(['CVE-2024-2']);
    expect(intel.kev).toHaveLength(1);
  });
});
