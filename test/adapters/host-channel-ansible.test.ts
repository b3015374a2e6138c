import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAnsibleChannels } from '../../src/adapters/host-channel-ansible.ts';
import { playbookOf } from '../../src/adapters/host-channel-ansible-playbook.ts';
import { tempDir } from '../support/temp-dir.ts';

const asset = { path: '', bytes: Buffer.from('x'), digest: 'sha256:00' };

/** A stand-in for ansible-playbook: answers for every host but `mute`, and notes that it ran. */
function stub(dir: string): string {
  const path = join(dir, 'ansible-playbook');
  writeFileSync(
    path,
    `#!${process.execPath}
const fs = require('node:fs');
const book = process.argv.at(-1);
const [play] = JSON.parse(fs.readFileSync(book, 'utf8'));
fs.appendFileSync(${JSON.stringify(join(dir, 'ran'))}, play.hosts + '\\n');
for (const host of play.hosts.split(',')) {
  const said = { host, program: fs.readFileSync(require('node:path').join(book, '..', host + '.py'), 'utf8').length > 0 };
  if (host !== 'mute') fs.writeFileSync(require('node:path').join(book, '..', host + '.answer'), JSON.stringify(said));
  else console.log('fatal: [mute]: UNREACHABLE! => {"msg": "no\\x1b[31mroute"}');
}
`,
  );
  chmodSync(path, 0o755);
  return path;
}

const peek = { verb: 'peek', request: '{}', timeoutMs: 20_000 } as const;

describe('channels through Ansible', () => {
  test('calls that come together share one playbook; a host that is asked twice gets a second one', async () => {
    const dir = tempDir();
    const channel = createAnsibleChannels({ inventory: 'i', program: stub(dir), asset });
    const answers = await Promise.all(['a', 'b', 'a'].map((h) => channel(h).call(peek)));
    expect(answers.map((a) => JSON.parse(Buffer.from(a).toString('utf8')).host)).toEqual(['a', 'b', 'a']);
    expect(readFileSync(join(dir, 'ran'), 'utf8').trim().split('\n').sort()).toEqual(['a', 'a,b']);
  });

  test('a host without an answer fails alone, in the words of Ansible and nothing that a terminal obeys', async () => {
    const dir = tempDir();
    const channel = createAnsibleChannels({ inventory: 'i', program: stub(dir), asset });
    const [mute, other] = await Promise.allSettled(['mute', 'other'].map((h) => channel(h).call(peek)));
    expect(other?.status).toBe('fulfilled');
    expect(mute).toMatchObject({ status: 'rejected', reason: { code: 'host-failed' } });
    const words = String((mute as PromiseRejectedResult).reason);
    expect(words).toContain('UNREACHABLE');
    expect(words).not.toContain('\x1b');
  });

  test('nothing of a call stays behind on the controller', async () => {
    const before = readdirSync(tmpdir()).filter((n) => n.startsWith('patchwarden-ansible-'));
    await createAnsibleChannels({ inventory: 'i', program: stub(tempDir()), asset })('a').call(peek);
    const after = readdirSync(tmpdir()).filter((n) => n.startsWith('patchwarden-ansible-'));
    expect(after.filter((n) => !before.includes(n) && existsSync(join(tmpdir(), n)))).toEqual([]);
  });

  test.each(['-i', 'all:!x', 'a,b', '{{ x }}', '*', ''])('"%s" is no host', async (host) => {
    const call = createAnsibleChannels({ inventory: 'i', program: 'none', asset })(host).call(peek);
    await expect(call).rejects.toMatchObject({ code: 'usage' });
  });

  test('without ansible-core it says what is needed', async () => {
    const call = createAnsibleChannels({ inventory: 'i', program: '/nowhere/ansible-playbook', asset })(
      'a',
    ).call(peek);
    await expect(call).rejects.toThrow(/needs ansible-core/);
  });
});

test('the playbook has no words of a call in it, and brings a package before the helper is asked', () => {
  const [play] = playbookOf(
    [
      {
        host: 'a',
        program: 'SECRET {{ 1 }}',
        payload: { bytes: Buffer.from('deb'), path: '/root/.patchwarden-00' },
      },
      { host: 'b', program: 'other', payload: null },
    ],
    { dir: '/tmp/d', python: '/usr/bin/python3' },
  ) as [{ hosts: string; tasks: { name: string; when?: string }[] }];
  expect(play.hosts).toBe('a,b');
  expect(JSON.stringify(play)).not.toContain('SECRET');
  expect(play.tasks.map((t) => t.name)).toEqual([
    'Bring a package to a',
    'Ask the helper',
    'Keep the answer',
    'Remove it from a',
  ]);
  expect(play.tasks[0]?.when).toBe("inventory_hostname == 'a'");
});
