import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLLECT_SCRIPT, RPM_FORMAT } from '../../src/adapters/ssh-collect-script.ts';
import { readFrames } from '../../src/adapters/ssh-frames.ts';
import { RPM_QA_FORMAT } from '../../src/observe/rpm-qa.ts';
import { onPath } from '../support/on-path.ts';
import { tempDir } from '../support/temp-dir.ts';

const SHELLS = [['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh']].filter(([program = '']) =>
  onPath(program),
);

function sh(shell: readonly string[], script: string, env: Readonly<Record<string, string>> = {}) {
  const [program = 'sh', ...args] = shell;
  const ran = spawnSync(program, [...args, '-s'], {
    input: script,
    env: { PATH: process.env.PATH ?? '', HOME: '/', ...env },
    maxBuffer: 256 << 20,
  });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr.toString() };
}

async function factsOf(output: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const frames = await readFrames(output, 256 << 20);
  if (frames.kind !== 'facts') throw new Error(frames.why);
  return frames.files;
}

/** The script without its last line, and frames of these programs in place of it. */
const framesOf = (...frames: readonly string[]): string =>
  `${COLLECT_SCRIPT.replace(/\npw_main .*\n$/, '\n')}
printf '\\nPATCHWARDEN-FACTS 1 plain\\n'; pw_count=0
${frames.join('\n')}
printf 'Z %s\\n' "$pw_count"\n`;

describe.each(SHELLS.map((s) => [s.join(' '), s] as const))('the collecting script in %s', (_name, shell) => {
  it('tells what this machine is', async () => {
    const ran = sh(shell, COLLECT_SCRIPT);
    expect(ran.stderr).toBe('');
    expect(ran.stdout.toString('latin1')).toContain('PATCHWARDEN-FACTS 1 gzip\n');
    const files = await factsOf(ran.stdout);
    const text = (name: string) => Buffer.from(files.get(name) ?? []).toString();
    expect(text('etc/os-release')).toBe(readFileSync('/etc/os-release', 'utf8'));
    expect(text('proc/sys/kernel/osrelease')).toBe(readFileSync('/proc/sys/kernel/osrelease', 'utf8'));
    expect(Math.abs(Number(text('.facts/clock')) - Date.now() / 1000)).toBeLessThan(60);
    expect(text('.facts/df')).toMatch(/^\/ \/var( \/boot)?\n.*\n(.*\n){2,3}$/);
    if (existsSync('/var/lib/dpkg/status'))
      expect(text('var/lib/dpkg/status')).toBe(readFileSync('/var/lib/dpkg/status', 'utf8'));
  });

  it('needs no gzip, and no program that is not everywhere', async () => {
    const bin = tempDir();
    for (const program of ['cat', 'head', 'sed', 'date', 'df', 'grep'])
      symlinkSync(execFileSync('which', [program], { encoding: 'utf8' }).trim(), join(bin, program));
    const script = COLLECT_SCRIPT.replace(/^ {2}PATH=.*$/m, `  PATH=${bin}`);
    const ran = sh(shell, script);
    expect(ran.stdout.toString('latin1')).toContain('PATCHWARDEN-FACTS 1 plain\n');
    expect((await factsOf(ran.stdout)).has('etc/os-release')).toBe(true);
  });

  it('frames every content so that it cannot pretend to be more', async () => {
    const file = join(tempDir(), 'content');
    const contents = [
      '',
      'a',
      'a\n',
      '\n',
      '\n\n',
      ' \n x',
      'E 0\nF 9 b\n x\n\nE 0\nZ 2\n',
      '\nE 0\n',
      '\r\n\u0001\u007f\n',
    ];
    for (const content of contents) {
      writeFileSync(file, content, 'latin1');
      const files = await factsOf(sh(shell, framesOf(`pw_frame a 1000 cat '${file}'`)).stdout);
      expect([...files.keys()]).toEqual(['a']);
      expect(Buffer.from(files.get('a') ?? []).toString('latin1')).toBe(content);
    }
  });

  it('tells failed and cut off programs, and leaves out names that are none', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'big'), 'x'.repeat(200_000));
    const script = framesOf(
      `pw_frame big 1000 cat '${dir}/big'`,
      'pw_frame fails 1000 sh -c "echo half; exit 3"',
      'pw_frame gone 1000 /nonexistent/program',
      `pw_frame 'a b' 1000 echo x`,
      `pw_frame "a\nb" 1000 echo x`,
      `pw_heads 10 '${dir}/big'`,
    );
    const frames = await readFrames(sh(shell, script).stdout, 1 << 20);
    if (frames.kind !== 'facts') throw new Error(frames.why);
    expect([...frames.unreadable.keys()]).toEqual(['big', 'fails', 'gone']);
    expect(Buffer.from(frames.files.get(join(dir, 'big').slice(1)) ?? []).toString()).toBe('x'.repeat(10));
    expect(frames.files.size).toBe(1);
  });
});

describe('the collecting script', () => {
  it('asks rpm for what the reader of rpm lists reads', () => {
    expect(RPM_FORMAT).toBe(RPM_QA_FORMAT);
    expect(COLLECT_SCRIPT).toContain(`'${RPM_FORMAT}'`);
  });

  it('does nothing when only a part of it arrives', () => {
    const last = COLLECT_SCRIPT.lastIndexOf('\npw_main');
    fc.assert(
      fc.property(fc.nat(last), (at) => {
        expect(sh(['sh'], COLLECT_SCRIPT.slice(0, at)).stdout.length).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('does not read its own text as data, nor leave the rest of stdin to a program', async () => {
    const bin = join(tempDir(), 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'date'), '#!/bin/sh\ncat\necho 7\n', { mode: 0o755 });
    const script = COLLECT_SCRIPT.replace(/^ {2}PATH=/m, `  PATH=${bin}:`);
    const files = await factsOf(sh(['sh'], `${script}echo more\n`).stdout);
    expect(Buffer.from(files.get('.facts/clock') ?? []).toString()).toBe('7\n');
  });

  it('writes nothing but to where nothing stays', () => {
    const targets = [...COLLECT_SCRIPT.matchAll(/(?<!2|-)>\s*(\S+)/g)].map((m) => m[1]);
    expect(new Set(targets.filter((t) => !/^(&[1-4]|\/dev\/null)/.test(t ?? '')))).toEqual(
      new Set(targets.filter((t) => /^:|^</.test(t ?? ''))),
    );
  });
});
