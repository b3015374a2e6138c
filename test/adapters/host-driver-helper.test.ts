import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/adapters/host-answer.ts';
import type { HelperCall, HostChannel } from '../../src/adapters/host-channel.ts';
import { createHelperDriver, orderText } from '../../src/adapters/host-driver-helper.ts';
import type { HostOrder } from '../../src/contracts/generated/host-order.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { sha256, sha256Hex } from '../../src/util/digest.ts';

const HELPER = sha256('helper');
const RUN = sha256('run');
const bytes = new TextEncoder().encode('a package');
const FILE = { name: 'pw-app', arch: 'all', version: '1.1', sha256: sha256Hex(bytes), size: bytes.length };
const ORDER: HostOrder = {
  apiVersion: 'patchwarden/v1',
  run: RUN,
  epoch: 3,
  asset: 'web-1',
  lock: RUN,
  merge: 'a'.repeat(40),
  plan: RUN,
  family: 'deb',
  packages: [{ ...FILE, from: '1.0', downgrade: false, fresh: false }],
  predecessors: [],
  restore: 'none',
  reboot: 'never',
  probes: [],
  soakSeconds: 0,
  watchSeconds: 0,
  cpu: null,
  startBefore: null,
  maxClockSkewSeconds: 60,
  now: '2026-01-05T10:00:00Z',
};
const STATUS = {
  apiVersion: 'patchwarden/v1',
  helper: HELPER,
  epoch: 3,
  machineId: 'm',
  bootId: 'b',
  clock: '2026-01-05T10:00:00Z',
  freeBytes: 1,
  busy: null,
  interrupted: false,
  rebootRequired: false,
  restore: ['package'],
  open: null,
  runs: [],
  quarantined: [],
  staged: [],
};
const RECEIPT = {
  apiVersion: 'patchwarden/v1',
  run: RUN,
  order: sha256(orderText(ORDER)),
  epoch: 3,
  phase: 'accepted',
  worker: 'alive',
  steps: [],
  changed: false,
  restorePoint: null,
  verdict: null,
  watch: null,
  bootId: { before: 'b', now: 'b' },
  rebootRequired: false,
  log: null,
  logTail: '',
};

/** A host that says one thing, whatever it is asked. */
function saying(answer: unknown) {
  const calls: HelperCall[] = [];
  const channel: HostChannel = {
    helper: HELPER,
    call: async (call) => {
      calls.push(call);
      return Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
    },
  };
  return { driver: createHelperDriver({ asset: 'web-1', channel }), calls };
}

describe('a driver over the helper', () => {
  it('passes on what fits the schemas', async () => {
    expect(await saying({ ok: STATUS }).driver.status(3)).toEqual(STATUS);
    expect(await saying({ ok: RECEIPT }).driver.begin(ORDER)).toEqual(RECEIPT);
    expect(await saying({ ok: RECEIPT }).driver.receipt(3, RUN)).toEqual(RECEIPT);
    expect(await saying({ ok: null }).driver.receipt(3, RUN)).toBeUndefined();
    expect(await saying({ ok: { seconds: 12.5, samples: 2 } }).driver.sample(3, ORDER)).toEqual({
      seconds: 12.5,
      samples: 2,
    });
  });

  it.each([
    ['nothing', ''],
    ['a word of welcome first', `Welcome!\n${JSON.stringify({ ok: STATUS })}`],
    ['a list', []],
    ['neither ok nor error', { okay: STATUS }],
    ['a status without its fence', { ok: { ...STATUS, epoch: undefined } }],
    ['a status with more than it may', { ok: { ...STATUS, more: 1 } }],
    ['a run that is no digest', { ok: { ...STATUS, runs: ['../../etc'] } }],
    ['another helper', { ok: { ...STATUS, helper: sha256('other') } }],
    ['a reserved key', `{"ok": {"__proto__": {}}}`],
    ['a reserved key behind an escape', '{"ok": {"\\u005f_proto__": {}}}'],
    ['deep nesting', `{"ok": ${'['.repeat(50)}${']'.repeat(50)}}`],
    ['too much', `{"ok": "${'x'.repeat(5 << 20)}"}`],
  ])('refuses %s', async (_, answer) => {
    await expect(saying(answer).driver.peek()).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringMatching(/^web-1: what answers is not the helper/),
    });
  });

  it.each([
    ['another run', { ...RECEIPT, run: sha256('other') }],
    ['another order', { ...RECEIPT, order: sha256('other') }],
    ['a phase that does not exist', { ...RECEIPT, phase: 'fine' }],
    ['seconds before the beginning', { ...RECEIPT, watch: { since: 'now' } }],
  ])('refuses a receipt with %s', async (_, receipt) => {
    await expect(saying({ ok: receipt }).driver.begin(ORDER)).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
  });

  it.each(['NaN', '-1', '"12"', 'null', '1e999'])('refuses %s as a number of samples', async (value) => {
    const answer = `{"ok": {"seconds": 1, "samples": ${value}}}`;
    await expect(saying(answer).driver.sample(3, ORDER)).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it.each([
    ['lease-lost', 'lease-lost'],
    ['refused', 'refused'],
    ['digest-mismatch', 'digest-mismatch'],
    ['host-failed', 'host-failed'],
    ['history-unverified', 'host-failed'],
    ['bug', 'host-failed'],
    [7, 'host-failed'],
  ])('takes the code %s of a host as %s', async (code, expected) => {
    const { driver } = saying({ error: { code, message: 'because\u001b[31m of\nthis' } });
    const error: unknown = await driver.clean(3).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: expected });
    // Untrusted words reach a terminal; nothing in them may steer it.
    expect((error as Error).message).not.toMatch(/[\u0000-\u001f]/);
    expect((error as Error).message).toMatch(/^web-1: because/);
  });

  it('brings only the bytes that are named, and none where the host fetches them', async () => {
    const { driver, calls } = saying({ ok: {} });
    const other = async () => new Uint8Array(FILE.size);
    await expect(driver.stage(3, FILE, other)).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(calls).toEqual([]);
    await driver.stage(3, FILE, async () => bytes);
    const never = () => Promise.reject(new Error('asked for bytes'));
    await driver.stage(3, { ...FILE, url: 'https://example.org/a.deb' }, never);
    expect(calls.map((c) => c.payload)).toEqual([bytes, undefined]);
    expect(calls.map((c) => JSON.parse(c.request) as unknown)).toEqual([
      { epoch: 3, ...FILE },
      { epoch: 3, ...FILE, url: 'https://example.org/a.deb' },
    ]);
  });

  it('sends no order that the schema does not allow', async () => {
    const { driver, calls } = saying({ ok: RECEIPT });
    await expect(driver.begin({ ...ORDER, epoch: 0 })).rejects.toMatchObject({ code: 'bug' });
    expect(calls).toEqual([]);
  });

  it('says one of two things about any answer: the value, or an error of ours', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((j) => `{"error": ${j}}`),
        ),
        (text) => {
          try {
            readAnswer(Buffer.from(text), 'web-1');
          } catch (error) {
            expect(error).toBeInstanceOf(PatchwardenError);
          }
        },
      ),
    );
  });
});
