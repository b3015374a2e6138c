import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closeSshMasters, openSshControl, sshRun, sshTarget } from '../../src/adapters/ssh-run.ts';
import { type StubHost, stubSsh } from '../support/stub-ssh.ts';
import { tempDir } from '../support/temp-dir.ts';

function control(): string {
  const dir = openSshControl();
  onTestFinished(() => closeSshMasters(dir));
  return dir;
}

/** One host behind the stand-in for ssh. */
function stub(host: StubHost) {
  const ssh = stubSsh({ web1: host });
  const controlDir = control();
  return { ssh, controlDir, target: sshTarget({ host: 'web1', controlDir, program: ssh.program }) };
}

const text = (r: Awaited<ReturnType<typeof sshRun>>) =>
  r.kind === 'exited' ? { ...r, stdout: Buffer.from(r.stdout).toString() } : r;

describe('a run over ssh', () => {
  it('gives what the program wrote, byte for byte, and its code', async () => {
    const bytes = randomBytes(200_000);
    const { target, ssh } = stub({ out: bytes, err: 'oh\n', code: 3 });
    const ran = await sshRun(target, ['cat', '-'], { stdin: 'data; $(x)' });
    expect(ran).toMatchObject({ kind: 'exited', code: 3, stderr: 'oh\n' });
    expect(ran.kind === 'exited' && bytes.equals(ran.stdout)).toBe(true);
    expect(ssh.calls()).toEqual(['web1 cat -']);
    expect(ssh.stdinOf('web1')).toBe('data; $(x)');
  });

  it('sends data of any size, also from a stream, and does not mind who does not read it', async () => {
    const { target, ssh } = stub({});
    const parts = Array.from({ length: 100 }, () => 'x'.repeat(10_000));
    await sshRun(target, ['cat'], { stdin: Readable.from(parts) });
    expect(ssh.stdinOf('web1')).toHaveLength(1_000_000);
    const deaf = stub({ run: true });
    const ran = await sshRun(deaf.target, ['true'], { stdin: Buffer.alloc(4 << 20) });
    expect(ran).toMatchObject({ kind: 'exited', code: 0 });
  });

  it('stops a run that takes too long or says too much', async () => {
    const slow = await sshRun(stub({ hang: true }).target, ['true'], { timeoutMs: 200 });
    expect(slow).toEqual({ kind: 'timed-out', reason: 'no end within 0.2 seconds' });
    const loud = await sshRun(stub({ out: randomBytes(5_000) }).target, ['true'], { maxBytes: 4_999 });
    expect(loud).toEqual({ kind: 'too-large', reason: 'more than 4999 bytes' });
    const broken = new Readable({ read: () => undefined });
    setImmediate(() => broken.destroy(new Error('disk gone')));
    const ran = await sshRun(stub({}).target, ['cat'], { stdin: broken });
    expect(ran).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('disk gone') });
  });

  it('takes the reason from ssh alone: a host that says the same words is still there', async () => {
    const words = 'WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\n';
    expect(await sshRun(stub({ say: words }).target, ['true'])).toMatchObject({ kind: 'host-key-changed' });
    const liar = await sshRun(stub({ err: words, code: 255 }).target, ['true']);
    expect(text(liar)).toEqual({ kind: 'exited', code: 255, stdout: '', stderr: words });
  });

  it('says so where there is no ssh', async () => {
    const controlDir = control();
    const target = sshTarget({ host: 'a', controlDir, program: '/nonexistent/ssh' });
    expect(await sshRun(target, ['true'])).toMatchObject({ kind: 'missing' });
    const odd = sshTarget({ host: 'a', controlDir, program: controlDir });
    await expect(sshRun(odd, ['true'])).rejects.toMatchObject({ code: 'host-failed' });
  });

  it('keeps its private directory private and leaves no log in it', async () => {
    const { controlDir, target } = stub({ say: 'x' });
    expect(statSync(controlDir).mode & 0o777).toBe(0o700);
    await sshRun(target, ['true']);
    expect(readdirSync(controlDir)).toEqual([]);
    await closeSshMasters(controlDir, target.program);
    expect(existsSync(controlDir)).toBe(false);
    await closeSshMasters(controlDir, target.program);
  });
});

function hasSsh(): boolean {
  try {
    execFileSync('ssh', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasSsh())('OpenSSH and a port that is no ssh server (skipped where ssh is absent)', () => {
  async function port(answer: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }
  async function go(at: number) {
    const configFile = join(tempDir(), 'config');
    writeFileSync(configFile, '');
    const options = { host: '127.0.0.1', port: at, configFile, controlDir: control(), connectTimeoutS: 1 };
    return sshRun(sshTarget(options), ['true'], { timeoutMs: 10_000 });
  }

  it.each<[string, string, (socket: Socket) => void]>([
    ['not-ssh', 'sends bytes', (s) => s.end(Buffer.from([0, 255, 1, 2, 10, 13, 10]))],
    ['timed-out', 'never says a word', () => undefined],
    ['unreachable', 'hangs up', (s) => s.destroy()],
  ])('%s: one that %s', async (kind, _what, answer) => {
    expect(await go(await port(answer))).toMatchObject({ kind });
  });

  it('unreachable: nobody listens', async () => {
    expect(await go(1)).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('refused') });
  });
});
