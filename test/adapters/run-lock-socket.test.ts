import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { socketRunLock } from '../../src/adapters/run-lock-socket.ts';
import { sha256Hex } from '../../src/util/digest.ts';

const linux = process.platform === 'linux';

describe.skipIf(!linux)(`the run lock${linux ? '' : ' (skipped: abstract sockets are of Linux)'}`, () => {
  it('belongs to one at a time, by name', async () => {
    const first = await socketRunLock.take('/state/a');
    await expect(socketRunLock.take('/state/a')).rejects.toMatchObject({ code: 'store-failed' });
    const other = await socketRunLock.take('/state/b');
    await first();
    const again = await socketRunLock.take('/state/a');
    await Promise.all([again(), other()]);
  });

  it('is gone with its process, however that ends', async () => {
    const name = `\\0patchwarden-${sha256Hex('/state/killed')}`;
    const child = spawn(process.execPath, [
      '-e',
      `require("net").createServer().listen("${name}", () => console.log("held"))`,
    ]);
    await once(child.stdout, 'data');
    await expect(socketRunLock.take('/state/killed')).rejects.toMatchObject({ code: 'store-failed' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await socketRunLock.take('/state/killed'))();
  });
});
