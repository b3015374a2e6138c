import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDetached, runProcess } from '../../src/adapters/process.ts';

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

describe('runDetached', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'patchwarden-process-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('writes to the file, runs in a session of its own and tells the exit code', async () => {
    const logFile = join(dir, 'a.log');
    const script =
      'console.log("out"); console.error("err"); console.log(require("fs").readFileSync("/proc/self/stat", "utf8").split(" ")[5] === String(process.pid)); process.exit(7)';
    expect(await runDetached(node(script), { logFile, patienceMs: 60_000 })).toBe(7);
    expect(readFileSync(logFile, 'utf8').split('\n').sort()).toEqual(['', 'err', 'out', 'true']);
  });

  it('leaves alone what outlasts its patience', async () => {
    const logFile = join(dir, 'b.log');
    const script = 'setTimeout(() => console.log("finished"), 400)';
    expect(await runDetached(node(script), { logFile, patienceMs: 50 })).toBe('still-running');
    await expect.poll(() => readFileSync(logFile, 'utf8'), { timeout: 5000 }).toBe('finished\n');
  });

  it('counts an end by signal as a failure, and refuses what cannot start', async () => {
    const logFile = join(dir, 'c.log');
    const dies = node('process.kill(process.pid, "SIGKILL")');
    expect(await runDetached(dies, { logFile, patienceMs: 60_000 })).toBe(128);
    await expect(runDetached(['no-such-program-here'], { logFile, patienceMs: 1000 })).rejects.toMatchObject({
      code: 'host-failed',
    });
  });
});
