import { describe, expect, it } from 'vitest';
import { dryRunStateStore } from '../../src/app/dry-run.ts';
import { readWorkingTree } from '../../src/app/read-working-tree.ts';
import { validateRepository } from '../../src/app/validate.ts';
import type { Wire } from '../../src/app/wire.ts';
import { formatProblem } from '../../src/contracts/problem.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';
import { fakeStateStore } from '../support/fakes/state-store.ts';
import { policyTree } from '../support/policy-tree.ts';

type Files = Map<string, string | Uint8Array | Error>;

async function validate(files: Files, fix = false, ownPolicy: Wire['ownPolicy'] = async () => undefined) {
  const written = new Map<string, string>();
  const result = await validateRepository(
    { tree: fakeFileTree(files), store: fakeStateStore(written), ownPolicy },
    { fix },
  );
  return { ...result, problems: result.problems.map(formatProblem), written };
}

const compact = (text: string | undefined): string => `${JSON.stringify(JSON.parse(text ?? ''))}\n`;
const HOLD = 'holds/openssl-3.0.15.json';

describe('validateRepository', () => {
  it('finds nothing in a good repository and writes nothing', async () => {
    const result = await validate(policyTree(), true);
    expect(result).toMatchObject({ ok: true, problems: [], fixed: [], documents: 8 });
    expect(result.written.size).toBe(0);
  });

  it('says where a document leaves its canonical form', async () => {
    const good = policyTree().get(HOLD) ?? '';
    const at = async (text: string) => (await validate(policyTree({ [HOLD]: text }))).problems;
    const words = 'warning: from here on the file is not in canonical form; run patchwarden validate --fix';
    expect(await at(compact(good))).toEqual([`${HOLD}:1:1: ${words}`]);
    expect(await at(good.replace('  "stream"', '   "stream"'))).toEqual([`${HOLD}:5:1: ${words}`]);
    expect(await at(good.trimEnd())).toEqual([`${HOLD}:10:1: ${words}`]);
    expect(await at(`${good}\n`)).toEqual([`${HOLD}:11:1: ${words}`]);
  });

  it('writes the canonical form of right documents, and only of those', async () => {
    const files = policyTree();
    const broken = compact(files.get('exceptions/expat-reports.json')).replace('2025-03-31', '2024-01-01');
    files.set('exceptions/expat-reports.json', broken);
    files.set('pins.json', '{"id": "pins"}');
    files.set(HOLD, compact(files.get(HOLD)));
    const result = await validate(files, true);
    expect(result.fixed).toEqual([HOLD]);
    expect([...result.written]).toEqual([[HOLD, policyTree().get(HOLD)]]);
    expect(result.ok).toBe(false);
    expect(result.problems.map((p) => p.split(':')[0])).toEqual([
      'exceptions/expat-reports.json',
      'exceptions/expat-reports.json',
      'pins.json',
      'pins.json',
    ]);
  });

  it('places what remains wrong where it stands after the fix', async () => {
    const files = policyTree();
    const doc = JSON.parse(files.get('baselines/servers.json') ?? '') as { rings: unknown[] };
    doc.rings.reverse();
    files.set('baselines/servers.json', JSON.stringify(doc));
    const { problems, fixed } = await validate(files, true);
    expect(fixed).toEqual(['baselines/servers.json']);
    expect(problems).toEqual([
      expect.stringMatching(/^baselines\/servers\.json:93:5: warning: no asset reaches/),
    ]);
  });

  it('reports files that cannot be read without taking them for missing', async () => {
    const unreadable = new PatchwardenError('source-failed', 'cannot read it');
    const files: Files = policyTree();
    files.set('patchwarden.json', unreadable);
    files.set('calendars/nights.json', unreadable);
    expect((await validate(files)).problems).toEqual([
      'calendars/nights.json:1:1: cannot read it',
      'patchwarden.json:1:1: cannot read it',
    ]);
    const large = policyTree({ [HOLD]: ' '.repeat(2 ** 20 + 1) });
    expect((await validate(large)).problems).toEqual([expect.stringMatching(/^holds.*:1:1: .*too large/)]);
  });

  it('tells of own rules that were not built since they changed', async () => {
    const stale = async () => {
      throw new PatchwardenError('bad-document', 'policies/x.rego: changed since policies/build was made');
    };
    const files = policyTree({ 'policies/x.rego': 'x', 'policies/build/policy.wasm': 'y' });
    const asked: string[][] = [];
    const good = await validate(files, false, async (own) => void asked.push([...own.keys()]));
    expect(good).toMatchObject({ ok: true, problems: [] });
    expect(asked).toEqual([['policies/build/policy.wasm', 'policies/x.rego']]);
    expect(await validate(files, false, stale)).toMatchObject({
      ok: false,
      problems: ['policies/build/manifest.json:1:1: policies/x.rego: changed since policies/build was made'],
    });
    const link: Files = new Map(files);
    link.set('policies/x.rego', new PatchwardenError('source-failed', 'a link'));
    expect((await validate(link, false, stale)).problems).toEqual(['policies/x.rego:1:1: a link']);
  });

  it('hides no bug of ours in a problem of theirs', async () => {
    const bug = () => Promise.reject(new PatchwardenError('bug', 'x'));
    await expect(validate(policyTree(), false, bug)).rejects.toMatchObject({ code: 'bug' });
  });

  it('throws where there is no policy repository', async () => {
    await expect(validate(new Map([['README.md', 'x']]))).rejects.toMatchObject({ code: 'not-a-repository' });
  });

  it('passes a failing write on', async () => {
    const tree = fakeFileTree(policyTree({ [HOLD]: compact(policyTree().get(HOLD)) }));
    const store = { write: () => Promise.reject(new PatchwardenError('store-failed', 'the disk is full')) };
    const ownPolicy = async () => undefined;
    await expect(validateRepository({ tree, store, ownPolicy }, { fix: true })).rejects.toMatchObject({
      code: 'store-failed',
    });
  });
});

describe('readWorkingTree', () => {
  it('takes documents, own rules and strays, nothing else', async () => {
    const { files } = await readWorkingTree(
      fakeFileTree(
        policyTree({
          'README.md': 'x',
          'hosts/a.json': '{}',
          'policies/a.rego': '',
          'holds/deep/er/x.json': '{}',
        }),
      ),
    );
    expect([...files.keys()].filter((k) => !policyTree().has(k))).toEqual([
      'holds/deep/er/x.json',
      'policies/a.rego',
    ]);
  });

  it('refuses a flood of files', async () => {
    const flood = new Map(Array.from({ length: 10_001 }, (_, i) => [`holds/h${i}.json`, '{}'] as const));
    await expect(readWorkingTree(fakeFileTree(flood))).rejects.toMatchObject({
      code: 'bad-document',
      message: expect.stringContaining('more than 10000 documents') as string,
    });
  });

  it('lets a failure that is no unreadable file through', async () => {
    const tree = fakeFileTree(new Map([['patchwarden.json', new PatchwardenError('bug', 'x')]]));
    await expect(readWorkingTree(tree)).rejects.toMatchObject({ code: 'bug' });
  });
});

describe('dryRunStateStore', () => {
  it('reads, and only tells what it would write', async () => {
    const files = new Map([['a', 'x']]);
    const said: string[] = [];
    const store = dryRunStateStore(fakeStateStore(files), { info: (m) => said.push(m) });
    await store.write('a', 'y');
    await store.appendLine('b', 'z');
    await store.remove('a');
    expect([await store.read('a'), await store.list(''), store.path('a')]).toEqual(['x', ['a'], '/state/a']);
    expect(said).toEqual([
      'dry run: would write /state/a',
      'dry run: would append a line to /state/b',
      'dry run: would remove /state/a',
    ]);
  });
});
