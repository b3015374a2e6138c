import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAnsibleChannels } from '../../src/adapters/host-channel-ansible.ts';
import { createHelperDriver } from '../../src/adapters/host-driver-helper.ts';
import { sha256Hex } from '../../src/util/digest.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ansibleBin } from './support/ansible.ts';
import { whyNoRoot } from './support/run.ts';

const why = whyNoRoot();

/** This machine twice, by Ansible's local connection; one that nobody answers for. */
async function channels() {
  const dir = tempDir();
  const inventory = join(dir, 'inventory.ini');
  const local = 'ansible_connection=local ansible_python_interpreter=/usr/bin/python3';
  writeFileSync(inventory, `one ${local}\ntwo ${local}\ngone ansible_host=127.0.0.1 ansible_port=1\n`);
  return createAnsibleChannels({ inventory, program: join(await ansibleBin(), 'ansible-playbook') });
}

describe.skipIf(why !== undefined)(
  `the helper through ansible-core${why === undefined ? '' : ` (${why})`}`,
  () => {
    test('hosts that are asked together share one playbook, and each failure has its own reason', async () => {
      const channel = await channels();
      const ask = (h: string) => createHelperDriver({ asset: h, channel: channel(h) }).peek();
      const started = performance.now();
      const [one, two, gone, nobody] = await Promise.allSettled(['one', 'two', 'gone', 'nobody'].map(ask));
      console.log(`four hosts asked in ${Math.round(performance.now() - started)} ms`);
      expect(one).toMatchObject({ status: 'fulfilled', value: { epoch: 0 } });
      expect(two).toMatchObject({ status: 'fulfilled', value: { epoch: 0 } });
      expect(gone).toMatchObject({ status: 'rejected', reason: { code: 'host-failed' } });
      expect(String((gone as PromiseRejectedResult).reason)).toMatch(/gone: .*UNREACHABLE/);
      expect(String((nobody as PromiseRejectedResult).reason)).toMatch(/nobody: /);
    });

    test('a helper that is not the one that was meant does not run', async () => {
      const dir = tempDir();
      const inventory = join(dir, 'inventory.ini');
      writeFileSync(inventory, 'one ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n');
      const asset = {
        path: '',
        bytes: Buffer.from('print("{}")\n'),
        digest: `sha256:${sha256Hex('another')}`,
      };
      const program = join(await ansibleBin(), 'ansible-playbook');
      const call = createAnsibleChannels({ inventory, program, asset })('one').call({
        verb: 'peek',
        request: '{}',
        timeoutMs: 60_000,
      });
      await expect(call).rejects.toThrow(/did not arrive as it was sent/);
    });
  },
);
