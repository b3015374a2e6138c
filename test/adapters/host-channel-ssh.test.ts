import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { HelperCall } from '../../src/adapters/host-channel.ts';
import { createSshChannel, program, type SshChannelOptions } from '../../src/adapters/host-channel-ssh.ts';
import { helperAsset } from '../../src/adapters/host-helper-asset.ts';
import { type SshTarget, sshArgv } from '../../src/adapters/ssh-target.ts';
import { sha256, sha256Hex } from '../../src/util/digest.ts';

const target = { host: 'web-1', controlDir: '/tmp/pw', connectTimeoutS: 5, program: 'ssh' } as SshTarget;
const CALL: HelperCall = { verb: 'status', request: '{"epoch":3}', timeoutMs: 1000 };
const noPython = spawnSync('python3', ['--version']).status === 0 ? undefined : 'needs python3';
/** Stands for the helper: tells what it was started with. */
const echo = Buffer.from(
  'import sys, json, hashlib\nsys.stdout.write(json.dumps([sys.argv, sys.stdin.buffer.read().decode(), hashlib.sha256(SOURCE).hexdigest()]))\n',
);
const asset = { path: '/nowhere', bytes: echo, digest: sha256(echo) };

/** Records calls; `answers` by the first word. */
function recording(answers: Readonly<Record<string, string>> = {}) {
  const calls: { readonly argv: readonly string[]; readonly stdin: Uint8Array | string }[] = [];
  const run: NonNullable<SshChannelOptions['run']> = async (to, argv, options) => {
    sshArgv(to, argv, '/tmp/log'); // every word has to pass the grammar of the real one
    calls.push({ argv, stdin: (options?.stdin ?? '') as Uint8Array | string });
    return {
      kind: 'exited',
      code: 0,
      stdout: Buffer.from(answers[argv[0] ?? ''] ?? '{"ok":{}}'),
      stderr: '',
    };
  };
  return { calls, run };
}

describe('the helper over ssh', () => {
  it('travels with the call, as words and standard input only', async () => {
    const { calls, run } = recording();
    await createSshChannel({ target, run }).call(CALL);
    expect(calls.map((c) => c.argv)).toEqual([['sudo', '-n', '/usr/bin/python3', '-I', '-']]);
    await createSshChannel({ target, run, privilege: { kind: 'root' } }).call(CALL);
    expect(calls[1]?.argv).toEqual(['/usr/bin/python3', '-I', '-']);
  });

  it('is called by its path where somebody else installed it', async () => {
    const { calls, run } = recording();
    const privilege = { kind: 'sudo-installed', path: '/usr/local/sbin/patchwarden-host' } as const;
    const channel = createSshChannel({ target, run, privilege });
    await channel.call({ ...CALL, verb: 'stage', payload: Buffer.from('bytes') });
    expect(calls[0]?.argv).toEqual(['sudo', '-n', '/usr/local/sbin/patchwarden-host', 'stage']);
    expect(String(calls[0]?.stdin)).toBe('{"epoch":3}\nbytes');
  });

  it('sends a package ahead without privilege, asks for the home directory once, and leaves removing to the helper', async () => {
    const { calls, run } = recording({ pwd: '/home/pw\n', sudo: '' });
    const payload = Buffer.from('bytes of a package');
    const channel = createSshChannel({ target, run });
    for (let i = 0; i < 2; i++) await channel.call({ ...CALL, verb: 'stage', payload });
    const path = `/home/pw/.patchwarden-${sha256Hex(payload)}`;
    const once = [`dd of=${path} bs=1M status=none`, 'sudo -n /usr/bin/python3 -I -'];
    expect(calls.map((c) => c.argv.join(' '))).toEqual(['pwd', ...once, ...once]);
    expect(calls[1]?.stdin).toBe(payload);
  });

  it('removes what it sent ahead when the helper did not start', async () => {
    const { calls, run } = recording({ pwd: '/home/pw\n' });
    const payload = Buffer.from('bytes of a package');
    const broken: SshChannelOptions['run'] = async (to, argv, options) =>
      argv[0] === 'sudo' ? { kind: 'unreachable', reason: 'gone' } : run(to, argv, options);
    const call = createSshChannel({ target, run: broken }).call({ ...CALL, verb: 'stage', payload });
    await expect(call).rejects.toMatchObject({ code: 'host-failed' });
    expect(calls.at(-1)?.argv).toEqual(['rm', '-f', `/home/pw/.patchwarden-${sha256Hex(payload)}`]);
  });

  it('cleans up what a controller that was ended sent ahead', async () => {
    const { calls, run } = recording();
    const channel = createSshChannel({ target, run });
    await channel.call({ ...CALL, verb: 'clean' });
    expect(calls.map((c) => c.argv.join(' '))).toEqual([
      'sudo -n /usr/bin/python3 -I -',
      'find . -maxdepth 1 -type f -regex ./.patchwarden-.+ -delete',
    ]);
    const silent: SshChannelOptions['run'] = async (to, argv, options) =>
      argv[0] === 'find' ? { kind: 'unreachable', reason: 'gone' } : run(to, argv, options);
    const answer = createSshChannel({ target, run: silent }).call({ ...CALL, verb: 'clean' });
    expect(String(await answer)).toBe('{"ok":{}}');
  });

  it.each(['/home/$(reboot)', '/home/a b', 'home', '', '/home/x\n/y'])(
    'does not use %j as a home',
    async (home) => {
      const { calls, run } = recording({ pwd: home });
      const call = createSshChannel({ target, run }).call({
        ...CALL,
        verb: 'stage',
        payload: Buffer.from('x'),
      });
      await expect(call).rejects.toMatchObject({ code: 'host-failed' });
      expect(calls).toHaveLength(1);
    },
  );

  it.each([
    [{ kind: 'timed-out', reason: 'no end' } as const, /^web-1: timed-out: no end$/],
    [
      { kind: 'exited', code: 1, stdout: Buffer.alloc(0), stderr: 'sudo: a password is required\n' } as const,
      /sudo ended with 1: sudo: a password is required$/,
    ],
  ])('tells why there is no answer: %j', async (ended, words) => {
    const channel = createSshChannel({ target, run: async () => ended });
    await expect(channel.call(CALL)).rejects.toMatchObject({
      code: 'host-failed',
      message: expect.stringMatching(words),
    });
  });

  describe.skipIf(noPython)(`as python reads it${noPython ? ` (skipped: ${noPython})` : ''}`, () => {
    const python = (input: string) => spawnSync('python3', ['-I', '-'], { input, encoding: 'utf8' });

    it('starts exactly the bytes that were sent, with the request on standard input', () => {
      const request = JSON.stringify({ text: '"""\n\\ \u2028 ü' });
      const ran = python(program(asset, { ...CALL, request }));
      expect(JSON.parse(ran.stdout)).toEqual([
        ['patchwarden_host.py', 'status'],
        request,
        asset.digest.slice(7),
      ]);
    });

    it('starts nothing else', () => {
      const ran = python(program({ ...asset, bytes: Buffer.from('print("other")') }, CALL));
      expect(ran).toMatchObject({ status: 1, stdout: '' });
      expect(ran.stderr).toContain('did not arrive as it was sent');
    });

    it('is a program of the oldest python that hosts have', () => {
      const check = 'import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, 6))';
      const input = Buffer.from(helperAsset().bytes).toString('utf8');
      expect(spawnSync('python3', ['-c', check], { input, encoding: 'utf8' }).stderr).toBe('');
    });
  });
});
