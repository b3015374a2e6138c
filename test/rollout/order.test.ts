import { describe, expect, it } from 'vitest';
import type { HostOrder } from '../../src/contracts/generated/host-order.ts';
import type { HostStatus } from '../../src/contracts/generated/host-status.ts';
import { planHost } from '../../src/rollout/host-plan.ts';
import { whyNoWayBack } from '../../src/rollout/order.ts';
import { component } from '../support/fakes/host-driver.ts';
import { entryOf, keyOf, lockOf, merged, STREAM } from './world.ts';

const APP = { name: 'app', version: '1.1' };
const BEFORE = { version: '1.0', sha256: 'b'.repeat(64), size: 3 };
const planOf = (predecessors: readonly (typeof BEFORE)[]) =>
  planHost({
    asset: 'web-1',
    stream: STREAM,
    components: [component('app', '1.0')],
    target: merged(lockOf({ [keyOf('app')]: entryOf(APP, { predecessors: [...predecessors] }) })),
    holds: [],
  });

describe('whyNoWayBack', () => {
  const rows: readonly (readonly [
    HostOrder['restore'],
    HostOrder['reboot'],
    HostStatus['restore'],
    'kept' | 'lost',
    RegExp | null,
  ])[] = [
    ['package', 'if-required', ['package'], 'kept', null],
    ['package', 'if-required', ['package'], 'lost', /nobody keeps the files of app 1\.0/],
    ['package', 'if-required', [], 'kept', /the host cannot do that/],
    // A snapshot needs no predecessors, but a reboot.
    ['package', 'if-required', ['btrfs', 'package'], 'lost', null],
    ['package', 'never', ['btrfs', 'package'], 'lost', /nobody keeps the files of app 1\.0/],
    ['package', 'never', ['btrfs', 'package'], 'kept', null],
    ['snapshot', 'always', ['btrfs', 'package'], 'lost', null],
    ['snapshot', 'never', ['btrfs', 'package'], 'kept', null],
    ['snapshot', 'always', ['package'], 'kept', /the host can make none/],
    ['none', 'never', [], 'lost', null],
  ];
  it.each(rows)('%s, reboot %s, on a host with %j, predecessors %s', (restore, reboot, can, files, why) => {
    const order = { restore, reboot } as HostOrder;
    const found = whyNoWayBack(order, planOf(files === 'kept' ? [BEFORE] : []), {
      restore: can,
    } as HostStatus);
    if (why === null) expect(found).toBeNull();
    else expect(found).toMatch(why);
  });
});
