import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HelperAsset, helperAsset } from '../../../src/adapters/host-helper-asset.ts';
import { sha256 } from '../../../src/util/digest.ts';

/** A helper whose worker kills itself (SIGKILL) once, at one of its durable writes. */
export interface Killer {
  readonly asset: HelperAsset;
  /** Durable writes that the worker made, killed or not, by name: `install intent`, `install 1`, `install outcome`, `end 1`. */
  readonly writes: () => readonly string[];
  readonly killed: () => boolean;
  readonly remove: () => void;
}

/** @param at which write of the worker, and on which side of it; none: it is left alone */
export function buildKiller(at?: { readonly write: string; readonly when: 'before' | 'after' }): Killer {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-killer-'));
  const shipped = Buffer.from(helperAsset().bytes).toString('utf8');
  const anchor = 'def durable(path, data):';
  if (!shipped.includes(anchor)) throw new Error('the helper no longer has its one place of durable writes');
  const struck = JSON.stringify(join(dir, 'struck'));
  const trace = JSON.stringify(join(dir, 'trace'));
  const text = shipped.replace(
    anchor,
    `def durable(path, data):
    if 'worker' not in sys.argv:
        return really_durable(path, data)
    name = name_write(data)
    with open(${trace}, 'a') as file:
        file.write(name + '\\n')
    strike(name, 'before')
    really_durable(path, data)
    strike(name, 'after')


WRITES = {'at': ('wake', True), 'inner': 0}


def name_write(data):
    if isinstance(data, dict) and 'receipt' in data:
        last = (data['receipt']['steps'] or [None])[-1]
        step, ended = (last['step'], last['ended'] is not None) if last else ('wake', True)
        before, WRITES['at'] = WRITES['at'], (step, ended)
        if last and before != (step, ended):
            WRITES['inner'] = 0
            return step + (' outcome' if ended else ' intent')
    step, ended = WRITES['at']
    WRITES['inner'] += 1
    return '%s %d' % ('end' if ended and step != 'wake' else step, WRITES['inner'])


def strike(name, when):
    if [name, when] == ${JSON.stringify([at?.write ?? '', at?.when ?? ''])} and not os.path.exists(${struck}):
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
    writes: () => read('trace')?.trim().split('\n') ?? [],
    killed: () => read('struck') !== undefined,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
