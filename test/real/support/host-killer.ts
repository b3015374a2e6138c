import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HelperAsset, helperAsset } from '../../../src/adapters/host-helper-asset.ts';
import { sha256 } from '../../../src/util/digest.ts';

/** A helper whose worker kills itself (SIGKILL) once, at one of its durable writes. */
export interface Killer {
  readonly asset: HelperAsset;
  /** Durable writes that the worker made, killed or not. */
  readonly writes: () => number;
  readonly killed: () => boolean;
  readonly remove: () => void;
}

/** @param at number of the write, from 1; 0 kills nowhere */
export function buildKiller(at: number, when: 'before' | 'after'): Killer {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-killer-'));
  const shipped = Buffer.from(helperAsset().bytes).toString('utf8');
  const anchor = 'def durable(path, data):';
  if (!shipped.includes(anchor)) throw new Error('the helper no longer has its one place of durable writes');
  const struck = JSON.stringify(join(dir, 'struck'));
  const count = JSON.stringify(join(dir, 'count'));
  const text = shipped.replace(
    anchor,
    `def durable(path, data):
    strike('before')
    really_durable(path, data)
    strike('after')


WRITES = [0]


def strike(when):
    if 'worker' not in sys.argv:
        return
    WRITES[0] += when == 'before'
    with open(${count}, 'a') as file:
        file.write('x' if when == 'before' else '')
    if WRITES[0] == ${at} and when == '${when}' and not os.path.exists(${struck}):
        open(${struck}, 'w').close()
        os.kill(os.getpid(), signal.SIGKILL)


def really_durable(path, data):`,
  );
  const path = join(dir, 'helper.py');
  writeFileSync(path, text);
  const read = (name: string) => {
    try {
      return readFileSync(join(dir, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  return {
    asset: { path, bytes: Buffer.from(text), digest: sha256(text) },
    writes: () => read('count')?.length ?? 0,
    killed: () => read('struck') !== undefined,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
