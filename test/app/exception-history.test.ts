import { describe, expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { exceptionHistory } from '../../src/app/exception-history.ts';
import { meaningOf } from '../../src/audit/history/meaning.ts';
import type { PolicyDocuments } from '../../src/contracts/policy-repository.ts';
import { anException } from '../support/fleet-world.ts';
import { git, rawCommit } from '../support/git-fixtures.ts';
import { tempDir } from '../support/temp-dir.ts';

const PATH = 'exceptions/exc.json';
const text = (validUntil: string): string => JSON.stringify(anException('exc', { validUntil }));
const documents = (branch?: string) =>
  ({
    config: branch === undefined ? {} : { branch },
    exceptions: [anException('exc', { validUntil: '2024-12-31' })],
  }) as unknown as PolicyDocuments;
const wire = { git: openGit };

/** A line of merges, each a day later than the last; what a merged branch did on its way does not count. */
function repository(): string {
  const dir = tempDir();
  git(dir, ['init', '-q', '--bare', '-b', 'main']);
  let head: string | undefined;
  const add = (day: string, files: Record<string, string | null>, side?: string) => {
    const parents = [...(head === undefined ? [] : [head]), ...(side === undefined ? [] : [side])];
    const at = `2024-${day}T12:00:00Z`;
    return rawCommit(dir, {
      ...(head ? { base: head } : {}),
      files,
      parents,
      message: 'x',
      signer: null,
      at,
    });
  };
  head = add('01-01', { 'README.md': 'x' });
  head = add('01-10', { [PATH]: text('2024-06-30') });
  head = add('02-10', { 'README.md': 'y' });
  const side = add('02-11', { [PATH]: text('2024-09-30') });
  head = add('02-12', { [PATH]: text('2024-08-31') }, side);
  head = add('03-10', { [PATH]: 'damaged' });
  head = add('04-10', { [PATH]: text('2024-12-31') });
  git(dir, ['update-ref', 'refs/heads/main', head]);
  return dir;
}

describe('the history of exceptions', () => {
  it('is that of the protected branch', async () => {
    const dir = repository();
    expect(await exceptionHistory(wire, dir, documents())).toEqual(
      new Map([['exc', { firstAccepted: '2024-01-01', since: '2024-01-01', renewals: 2, widened: false }]]),
    );
    expect((await exceptionHistory(wire, dir, documents('other'))).size).toBe(0);
  });

  it('counts what the change rules counted when it was merged', async () => {
    const dir = repository();
    const reader = await openGit(dir);
    const path = { path: PATH, class: 'exception', change: 'modified' } as const;
    const { exceptions } = await meaningOf(reader, git(dir, ['rev-parse', 'main^']), 'main', [path]);
    expect(exceptions).toEqual([{ document: PATH, days: 366, renewals: 2 }]);
  });

  it('is read from the branch of the remote where there is one', async () => {
    const dir = repository();
    const old = git(dir, ['rev-list', '--first-parent', 'main']).split('\n').at(-2) ?? '';
    git(dir, ['update-ref', 'refs/remotes/origin/main', old]);
    expect((await exceptionHistory(wire, dir, documents())).get('exc')?.renewals).toBe(1);
  });

  it('is not known in a plain directory, nor where it is cut off', async () => {
    const dir = repository();
    expect((await exceptionHistory(wire, tempDir(), documents())).size).toBe(0);
    const clone = tempDir();
    git(clone, ['clone', '-q', '--bare', '--depth', '1', `file://${dir}`, '.']);
    expect((await exceptionHistory(wire, clone, documents())).size).toBe(0);
  });
});
