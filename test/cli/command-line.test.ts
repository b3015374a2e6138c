import { describe, expect, it } from 'vitest';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';

async function run(...argv: string[]) {
  let out = '';
  let err = '';
  const code = await runCli(argv, {
    cwd: process.cwd(),
    env: {},
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isTty: false,
    wire: createWire(),
  });
  return { code, out, err };
}

describe('the command line', () => {
  it.each(['init', 'import', 'review', 'report'])('says that %s is not built yet, exit 2', async (verb) => {
    expect(await run(verb)).toEqual({
      code: 2,
      out: '',
      err: `patchwarden: the verb "${verb}" is not built yet\n`,
    });
  });
  it.each([[[]], [['nonsense']], [['--nonsense']], [['schema']], [['schema', 'baseline', '--nonsense']]])(
    'refuses %j with exit 2 and one sentence',
    async (argv) => {
      const { code, out, err } = await run(...argv);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toMatch(/^patchwarden: .+\n$/);
    },
  );
  it('prints help and version on stdout, exit 0', async () => {
    expect((await run('--version')).out).toBe('0.1.0\n');
    const help = await run('--help');
    expect(help.code).toBe(0);
    for (const verb of [
      'check',
      'validate',
      'sync',
      'scan',
      'status',
      'reconcile',
      'pr',
      'apply',
      'audit',
      'demo',
    ]) {
      expect(help.out).toContain(`patchwarden ${verb}`);
    }
  });
});
