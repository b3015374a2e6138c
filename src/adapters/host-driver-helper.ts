import type { HostOrder } from '../contracts/generated/host-order.ts';
import type { HostReceipt } from '../contracts/generated/host-receipt.ts';
import type { HostStatus } from '../contracts/generated/host-status.ts';
import { validateKind } from '../contracts/validate.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { HostDriver, HostSimulation, StageFile } from '../ports/host-driver.ts';
import { canonicalJson, sha256, sha256Hex } from '../util/digest.ts';
import { asObject, asStrings } from '../util/json-data.ts';
import { compareCodePoints } from '../util/sort.ts';
import { checkedAnswer, readAnswer, strange } from './host-answer.ts';
import type { HelperVerb, HostChannel } from './host-channel.ts';

export interface HelperDriverOptions {
  readonly asset: string;
  readonly channel: HostChannel;
}

const MINUTE = 60_000;
/** Until nobody waits for an answer any more; the host goes on by itself. */
const PATIENCE: Readonly<Record<HelperVerb, number>> = {
  status: 3 * MINUTE,
  peek: 2 * MINUTE,
  stage: 35 * MINUTE,
  simulate: 8 * MINUTE,
  sample: 2 * MINUTE,
  begin: 3 * MINUTE,
  receipt: 2 * MINUTE,
  restore: 3 * MINUTE,
  clean: 3 * MINUTE,
};

/** The order exactly as a host gets and digests it. */
export const orderText = (order: HostOrder): string => canonicalJson(order);

/** One host through its helper. What it answers is checked against the schemas before anybody sees it. */
export function createHelperDriver({ asset, channel }: HelperDriverOptions): HostDriver {
  const call = async (verb: HelperVerb, request: string, payload?: Uint8Array): Promise<unknown> => {
    const answer = await channel.call({
      verb,
      request,
      timeoutMs: PATIENCE[verb],
      ...(payload === undefined ? {} : { payload }),
    });
    return readAnswer(answer, asset);
  };
  const statusOf = (value: unknown): HostStatus => {
    const status = checkedAnswer<HostStatus>('host-status', value, asset);
    if (status.helper !== channel.helper)
      throw strange(asset, `its helper is ${status.helper}, and ${channel.helper} was meant`);
    return status;
  };
  const receiptOf = (value: unknown, run: string): HostReceipt => {
    const receipt = checkedAnswer<HostReceipt>('host-receipt', value, asset);
    if (receipt.run !== run) throw strange(asset, 'it tells of another run');
    return receipt;
  };
  return {
    asset,
    status: async (epoch) => statusOf(await call('status', JSON.stringify({ epoch }))),
    peek: async () => statusOf(await call('peek', '{}')),
    async stage(epoch, file, bytes) {
      const request = JSON.stringify({ epoch, ...file });
      await call(
        'stage',
        request,
        file.url === undefined ? await checkedBytes(asset, file, bytes) : undefined,
      );
    },
    simulate: async (epoch, order) =>
      simulationOf(await call('simulate', canonicalJson({ epoch, order: wanted(order) })), asset),
    async sample(epoch, order) {
      const value = asObject(await call('sample', canonicalJson({ epoch, order: wanted(order) })));
      const { seconds, samples } = value ?? {};
      if (!isCount(seconds) || !isCount(samples)) throw strange(asset, 'no count of samples');
      return { seconds, samples };
    },
    async begin(order) {
      const text = orderText(wanted(order));
      const receipt = receiptOf(await call('begin', text), order.run);
      if (receipt.order !== sha256(text)) throw strange(asset, 'it took another order than was sent');
      return receipt;
    },
    async receipt(epoch, run) {
      const value = await call('receipt', JSON.stringify({ epoch, run }));
      return value === null ? undefined : receiptOf(value, run);
    },
    restore: async (epoch, run, reason) =>
      receiptOf(await call('restore', JSON.stringify({ epoch, run, reason: reason.slice(0, 500) })), run),
    async clean(epoch) {
      await call('clean', JSON.stringify({ epoch }));
    },
  };
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

function wanted(order: HostOrder): HostOrder {
  const [first] = validateKind('host-order', order);
  if (first !== undefined)
    throw new PatchwardenError('bug', `no order for a host: ${first.instancePath} ${first.message ?? ''}`);
  return order;
}

async function checkedBytes(
  asset: string,
  file: StageFile,
  bytes: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const data = await bytes();
  if (data.length !== file.size || sha256Hex(data) !== file.sha256)
    throw new PatchwardenError(
      'digest-mismatch',
      `the bytes of ${file.name} ${file.version} for ${asset} are not those the lock names`,
    );
  return data;
}

function simulationOf(value: unknown, asset: string): HostSimulation {
  const { installs, removes, needs, problem } = asObject(value) ?? {};
  if (![installs, removes, needs].every(Array.isArray) || !(problem === null || typeof problem === 'string'))
    throw strange(asset, 'no simulation');
  const sorted = (list: unknown) => [...asStrings(list)].sort(compareCodePoints);
  return { installs: sorted(installs), removes: sorted(removes), needs: sorted(needs), problem };
}
