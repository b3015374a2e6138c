import { describe, expect, it } from 'vitest';
import { readAsked } from '../../src/app/asked.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { branchOf } from '../../src/domain/proposal.ts';
import type { Forge, PullRequest } from '../../src/ports/forge.ts';
import { ringedBaseline } from '../support/builders/rings.ts';
import { fakeForge, newForgeState } from '../support/fakes/forge.ts';
import { ROLES } from '../support/git-fixtures.ts';

const BOX = '- [x] <!-- patchwarden:box open remediate a/x --> open now';
const failing = async (): Promise<never> => {
  throw new PatchwardenError('forge-failed', 'no answer');
};
const pull = { number: 7, kind: 'remediate', scope: 'servers/canary', asks: ['expedite'], foreign: false };

const read = async (over: Partial<Forge>, pulls: readonly object[] = [], dryRun = false) => {
  const warned: string[] = [];
  const forge: Forge = {
    ...fakeForge(newForgeState('main', 'x')),
    list: async () => ({ complete: true, pulls: pulls as readonly PullRequest[] }),
    ...over,
  };
  const git = {
    readFile: async () => '',
    readObjects: async () => [],
    verifyCommit: async () => ({ valid: false, reason: 'unsigned' }) as const,
  };
  const documents = { roles: ROLES, baselines: [ringedBaseline()], locks: new Map() };
  const log = { warn: (line: string) => void warned.push(line) };
  return { ...(await readAsked({ git, forge, log }, { head: 'x', documents, dryRun })), warned };
};

describe('readAsked', () => {
  it.each<[string, Partial<Forge>, string[]]>([
    ['a checked box', { dashboardText: async () => BOX }, [branchOf('remediate', 'a/x')]],
    ['an empty one', { dashboardText: async () => BOX.replace('[x]', '[ ]') }, []],
    ['another request', { dashboardText: async () => '- [x] <!-- patchwarden:box rebase -->' }, []],
    ['no dashboard', { dashboardText: async () => undefined }, []],
    ['no forge with pages', {}, []],
  ])('%s', async (_case, forge, expected) => {
    const { open, warned } = await read(forge);
    expect([[...open], warned]).toEqual([expected, []]);
  });

  it('a dashboard that cannot be read asks for nothing, and a listing that is not whole is none', async () => {
    const { open, warned } = await read({ dashboardText: failing });
    expect([[...open], warned]).toEqual([[], [expect.stringContaining('no answer')]]);
    const broken = { list: async () => ({ complete: false, reason: 'page 2' }) as const };
    await expect(read(broken)).rejects.toMatchObject({ code: 'forge-failed' });
  });

  it('tells who may not ask: at the pull request, else in the log; a note that fails stops nothing', async () => {
    const notes: string[] = [];
    const note = async (number: number, key: string, text: string) =>
      void notes.push(`${number} ${key}: ${text}`);
    const asker = async () => ({ account: 'github:5' });
    const says = expect.stringMatching(/github:5 is nobody in roles\.json/);
    expect(await read({ note, asker }, [pull])).toMatchObject({ lanes: [], warned: [] });
    expect(notes).toEqual([expect.stringMatching(/^7 expedite github:5: .*does not count here/)]);
    expect((await read({ note, asker }, [pull], true)).warned).toEqual([says]);
    expect((await read({ asker }, [pull])).warned).toEqual([says]);
    expect((await read({ asker, note: failing }, [pull])).warned).toEqual(['no answer']);
    expect(notes).toHaveLength(1);
  });

  it('does not go on where nobody knows who asked', async () => {
    await expect(read({ asker: failing }, [pull])).rejects.toMatchObject({ code: 'forge-failed' });
  });
});
