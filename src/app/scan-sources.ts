import { resolve } from 'node:path';
import type { Config } from '../contracts/generated/config.ts';
import type { Component } from '../domain/component.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { observeCollected } from '../observe/collected.ts';
import type { Seen } from '../observe/fleet-rows.ts';
import { observeRoot } from '../observe/host-root.ts';
import { asStream, type Observation, observation } from '../observe/observation.ts';
import { readReport } from '../observe/reports/read-report.ts';
import { digestOf } from '../util/digest.ts';
import type { Wire } from './wire.ts';

type Source = Config['fleet']['sources'][number];
type SshSource = Extract<Source, { kind: 'ssh' }>;
type LocalSource = Exclude<Source, SshSource>;
export type ScanPorts = Pick<Wire, 'input' | 'fileTree' | 'rpmDatabase' | 'sshAssets' | 'progress'>;

/**
 * Every asset of every configured source, or those of `only`. One that cannot be read is there as well, as unknown with its reason.
 * @throws PatchwardenError `bad-document` for a faulty inventory, or an asset that two sources name
 */
export async function observeSources(
  ports: ScanPorts,
  config: Config,
  repo: string,
  only?: (asset: string) => boolean,
): Promise<readonly Seen[]> {
  const seen = new Map<string, Seen & { readonly from: string }>();
  const keep = sharing();
  const add = (from: string, asset: Seen): void => {
    const before = seen.get(asset.source.id);
    if (before)
      throw new PatchwardenError(
        'bad-document',
        `the asset "${asset.source.id}" comes from two fleet sources, "${before.from}" and "${from}": one asset is read in one way`,
      );
    seen.set(asset.source.id, { ...asset, observation: keep(asset.observation), from });
  };
  for (const source of config.fleet.sources) {
    if (source.kind === 'ssh')
      await observeSsh(ports, repo, { ...source, ...(only ? { only } : {}) }, (asset) =>
        add(source.id, asset),
      );
    else if (only?.(source.id) ?? true) {
      const found = await observeLocal(ports, resolve(repo, source.path), source);
      add(source.id, { source, observation: found });
    }
  }
  return [...seen.values()];
}

async function observeSsh(
  ports: ScanPorts,
  repo: string,
  source: SshSource & { readonly only?: (asset: string) => boolean },
  add: (seen: Seen) => void,
): Promise<void> {
  const { kind: _, inventory, sshConfig, ...options } = source;
  const assets = ports.sshAssets({
    ...options,
    inventory: resolve(repo, inventory),
    ...(sshConfig === undefined ? {} : { sshConfig: resolve(repo, sshConfig) }),
  });
  try {
    await assets.collect(async (asset, { done, failed, total }) => {
      ports.progress.show(`${source.id}: ${done} of ${total} hosts, ${failed} failed`);
      add({ source: { id: asset.asset, labels: asset.labels }, observation: await observeCollected(asset) });
    });
  } finally {
    ports.progress.clear();
  }
}

/** Equal component sets are kept once: hosts of one image are many, and their lists are long. */
function sharing(): (seen: Observation) => Observation {
  const sets = new Map<
    string,
    { readonly components: readonly Component[]; readonly statusText: string | null }
  >();
  return (seen) => {
    const digest = digestOf(seen.components);
    const { components, statusText } = sets.get(digest) ?? seen;
    sets.set(digest, { components, statusText: statusText ?? seen.statusText });
    return {
      ...seen,
      components,
      statusText: seen.statusText === null ? null : (statusText ?? seen.statusText),
    };
  };
}

async function observeLocal(ports: ScanPorts, path: string, source: LocalSource): Promise<Observation> {
  try {
    return await observePath(ports, path, source);
  } catch (error) {
    if (!(error instanceof PatchwardenError) || !['source-failed', 'bad-document'].includes(error.code))
      throw error;
    return observation(source.kind, {
      stream: source.stream ?? null,
      unknown: 'unreadable',
      problems: [error.message],
    });
  }
}

async function observePath(ports: ScanPorts, path: string, source: LocalSource): Promise<Observation> {
  const input = await ports.input(path);
  const { stream } = source;
  if ((input.kind === 'directory') !== (source.kind === 'root'))
    throw new PatchwardenError(
      'source-failed',
      `${path} is a ${input.kind}, but patchwarden.json says it is a ${source.kind === 'root' ? 'root directory' : 'file'}`,
    );
  if (input.kind === 'file')
    return readReport(input.bytes, { label: source.path, ...(stream === undefined ? {} : { stream }) });
  const host = await observeRoot(ports.fileTree(path), { live: input.live, rpm: ports.rpmDatabase });
  return stream === undefined ? host : asStream(host, stream);
}
