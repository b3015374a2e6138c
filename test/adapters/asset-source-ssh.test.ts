import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SshSourceOptions, sshAssetSource } from '../../src/adapters/asset-source-ssh.ts';
import { COLLECT_SCRIPT } from '../../src/adapters/ssh-collect-script.ts';
import { memoryFileTree } from '../../src/adapters/ssh-tree.ts';
import { assetSourceConformance, collectAll } from '../ports/asset-source.conformance.ts';
import { fileTreeConformance } from '../ports/file-tree.conformance.ts';
import { packedFacts } from '../support/ssh-facts.ts';
import { type StubHost, stubSsh } from '../support/stub-ssh.ts';

const REFUSED = 'ssh: connect to host a port 22: Connection refused\n';
const FILES = { 'etc/os-release': 'ID=debian\n' };

function world(
  hosts: Readonly<Record<string, StubHost>>,
  options: Partial<SshSourceOptions> = {},
  list?: string,
) {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const inventory = join(dir, 'hosts');
  writeFileSync(
    inventory,
    list ??
      Object.keys(hosts)
        .map((h) => `${h}\n`)
        .join(''),
  );
  const ssh = stubSsh(hosts);
  return { ssh, source: sshAssetSource({ id: 's', inventory, program: ssh.program, ...options }) };
}

describe('the asset source over ssh (with a stand-in for ssh)', () => {
  assetSourceConformance(({ hosts, labels = {}, faulty }) => {
    const stubs = Object.entries(hosts).map(([host, files]): [string, StubHost] => {
      if (files === 'unreachable') return [host, { say: REFUSED }];
      return [host, { out: files === 'garbage' ? 'hello\n' : packedFacts(files) }];
    });
    return world(Object.fromEntries(stubs), { labels }, faulty ? 'a b\n' : undefined).source;
  });

  it.each<[string, StubHost, RegExp]>([
    ['unreachable', { say: REFUSED }, /^cannot be reached \(.*Connection refused\)$/],
    ['timed-out', { hang: true }, /^did not answer in time \(no end within 1 seconds\)$/],
    ['auth-failed', { say: 'a: Permission denied (publickey).' }, /^does not let us in/],
    ['host-key-changed', { say: 'REMOTE HOST IDENTIFICATION HAS CHANGED!' }, /compare the keys/],
    ['host-key-unknown', { say: 'Host key verification failed.' }, /add it to known_hosts/],
    ['garbage', { say: 'banner line contains invalid characters' }, /^answers, but not with facts/],
    [
      'garbage',
      { out: 'no', err: '\u001b[1msh: not found\n', code: 127 },
      /exit code 127; its stderr says "\\u\{1b\}/,
    ],
    ['garbage', { code: 1 }, /it answered nothing, exit code 1/],
    ['too-large', { out: 'x'.repeat(70_000) }, /^sends too much \(more than 65536 bytes\)$/],
    ['too-large', { out: packedFacts({ a: 'x'.repeat(100_000) }) }, /larger than 65536 bytes/],
  ])('%s', async (reason, host, problem) => {
    const { source } = world(
      { a: host, b: { out: packedFacts(FILES) } },
      { timeoutSeconds: 1, maxBytes: 65_536 },
    );
    const [a, b] = (await collectAll(source)).assets;
    expect(a?.result).toEqual({ kind: 'failed', reason, problem: expect.stringMatching(problem) });
    expect(b?.result.kind).toBe('collected');
  });

  it('asks each host once, with the constant script and nothing else', async () => {
    const { source, ssh } = world({ a: { out: packedFacts(FILES) }, b: { out: packedFacts(FILES) } });
    await collectAll(source);
    expect([...ssh.calls()].sort()).toEqual(['a sh -s', 'b sh -s']);
    expect(ssh.stdinOf('a')).toBe(COLLECT_SCRIPT);
  });

  it('keeps so many hosts at a time', async () => {
    const hosts = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`h${i}`, { hang: true } as const]));
    const from = performance.now();
    const { assets } = await collectAll(world(hosts, { parallel: 3, timeoutSeconds: 1 }).source);
    expect(assets).toHaveLength(6);
    expect(performance.now() - from).toBeGreaterThan(1_900);
    expect(performance.now() - from).toBeLessThan(6_000);
  });

  it('leaves out what a host could not read, and says so; without its packages nothing is known', async () => {
    const torn = (name: string) => `\nPATCHWARDEN-FACTS 1 plain\nF 9 ${name}\n x\n\nE 1\nZ 1\n`;
    const { source } = world({
      a: { out: torn('etc/apt/sources.list.d/secret.list') },
      b: { out: torn('.facts/df') },
      c: { out: torn('var/lib/dpkg/status') },
    });
    const [a, b, c] = (await collectAll(source)).assets.map((x) => x.result);
    expect(a).toMatchObject({
      kind: 'collected',
      problems: [
        '/etc/apt/sources.list.d/secret.list is left out: the host could not read it whole (exit 1)',
      ],
    });
    expect(b).toMatchObject({ kind: 'collected', problems: [] });
    if (c?.kind !== 'collected') throw new Error('not collected');
    await expect(c.tree.read('var/lib/dpkg/status')).rejects.toMatchObject({ code: 'source-failed' });
  });

  it('does not try hosts that Ansible reaches in another way', async () => {
    const { source, ssh } = world({}, { format: 'ansible' }, 'win1 ansible_connection=winrm\n');
    expect((await collectAll(source)).assets[0]?.result).toMatchObject({ reason: 'not-supported' });
    expect(ssh.calls()).toEqual([]);
  });

  it('fails as a whole where there is no ssh', async () => {
    const { source } = world({ a: {} }, { program: '/nonexistent/ssh' });
    await expect(collectAll(source)).rejects.toMatchObject({ code: 'source-failed' });
  });
});

describe('the files a host sent', () => {
  fileTreeConformance((files) =>
    memoryFileTree('h', new Map(Object.entries(files).map(([k, v]) => [k, Buffer.from(v)]))),
  );
});
