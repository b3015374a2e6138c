import { describe, expect, it } from 'vitest';
import { runProcess } from '../../src/adapters/process.ts';

const node = (script: string, ...args: string[]) => [process.execPath, '-e', script, ...args];

describe('runProcess', () => {
  it('gives back exit code and output, with a clean environment and words as they are', async () => {
    const script =
      'process.stdout.write(JSON.stringify([process.argv.slice(1), Object.keys(process.env).sort()])); process.stderr.write("err"); process.exit(3)';
    const result = await runProcess(node(script, '$(id)', '; ls', "'"));
    expect(result).toMatchObject({ kind: 'exited', code: 3, stderr: 'err' });
    expect(result.kind === 'exited' && JSON.parse(result.stdout)).toEqual([
      ['$(id)', '; ls', "'"],
      ['DEBIAN_FRONTEND', 'LC_ALL', 'PATH'],
    ]);
  });

  it('hands over input, and lives with a child that does not read it', async () => {
    const echo = 'process.stdin.pipe(process.stdout)';
    expect(await runProcess(node(echo), { input: 'hello' })).toMatchObject({ code: 0, stdout: 'hello' });
    const deaf = await runProcess(node('process.exit(0)'), { input: 'x'.repeat(1 << 20) });
    expect(deaf).toMatchObject({ kind: 'exited', code: 0 });
  });

  it('says which program is missing', async () => {
    expect(await runProcess(['no-such-program-here'])).toEqual({
      kind: 'missing',
      program: 'no-such-program-here',
    });
  });

  it('ends what takes too long or writes too much', async () => {
    const slow = await runProcess(node('setTimeout(() => {}, 60000)'), { timeoutMs: 100 });
    expect(slow).toMatchObject({ kind: 'killed', reason: expect.stringContaining('longer than 100 ms') });
    const loud = await runProcess(node('for (;;) process.stdout.write("x".repeat(65536))'), {
      maxBytes: 100_000,
    });
    expect(loud).toMatchObject({ kind: 'killed', reason: expect.stringContaining('more than 100000 bytes') });
    const killed = await runProcess(node('process.kill(process.pid, "SIGTERM")'));
    expect(killed).toMatchObject({ kind: 'killed', reason: expect.stringContaining('SIGTERM') });
  });
});
