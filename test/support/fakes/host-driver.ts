import type { Component, HostObservation } from '../../../src/domain/component.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { compareDpkg } from '../../../src/domain/version/dpkg.ts';
import type { RootDriver, InstallFile } from '../../../src/ports/root-driver.ts';
import { sha256Hex } from '../../../src/util/digest.ts';

/** What a package of the fake world needs and how it behaves. */
export interface FakePackage {
  readonly name: string;
  readonly version: string;
  readonly needs?: readonly string[];
  /** Its postinst fails. */
  readonly broken?: boolean;
}

export const bytesOf = (p: Pick<FakePackage, 'name' | 'version'>): Uint8Array =>
  new TextEncoder().encode(`${p.name} ${p.version}`);
export const shaOf = (p: Pick<FakePackage, 'name' | 'version'>): string => sha256Hex(bytesOf(p));

/** One host in memory: dpkg's database, the staged files and how often each postinst ran. */
export interface FakeHost {
  readonly asset: string;
  readonly catalogue: FakePackage[];
  readonly components: Map<string, Component>;
  readonly staged: Map<string, Uint8Array>;
  /** `name version`, one for each postinst that ran. */
  readonly postinst: string[];
  readonly automatic: Set<string>;
  free: number;
  busy: boolean;
}

export const component = (name: string, version: string, over: Partial<Component> = {}): Component => ({
  name,
  version,
  arch: 'all',
  sourcePackage: name,
  sourceVersion: version,
  held: false,
  state: 'installed',
  ...over,
});

export function fakeHost(
  asset: string,
  installed: readonly Component[],
  catalogue: readonly FakePackage[] = [],
): FakeHost {
  return {
    asset,
    catalogue: [...catalogue],
    components: new Map(installed.map((c) => [c.name, c])),
    staged: new Map(),
    postinst: [],
    automatic: new Set(),
    free: 2 ** 40,
    busy: false,
  };
}

export const observeFake = (host: FakeHost): HostObservation => ({
  stream: 'debian:12:amd64',
  components: [...host.components.values()],
  origins: [],
  runningKernel: null,
  rebootRequired: false,
  unknown: null,
  source: 'root',
});

/** Words of a step, told to whoever wants to interrupt it. */
export type FakeStep = (point: string) => void;

/** A package manager in memory: unpacks all, then configures all; `step` may throw anywhere in between, as a kill would. */
export function fakeHostDriver(host: FakeHost, step: FakeStep = () => undefined): RootDriver {
  const packageOf = (f: Pick<InstallFile, 'name' | 'version'>): FakePackage =>
    host.catalogue.find((p) => p.name === f.name && p.version === f.version) ?? f;
  const there = (name: string) => host.components.get(name)?.state === 'installed';
  /** Dependencies first; what fails, or waits for what is not there, stays as it is, as with dpkg. */
  const configure = (): string | undefined => {
    const problems = new Map<string, string>();
    for (let moved = true; moved; ) {
      moved = false;
      for (const c of [...host.components.values()]) {
        if (c.state === 'installed' || c.state === 'half-installed' || problems.has(c.name)) continue;
        const known = packageOf(c);
        if (known.needs?.some((n) => !there(n))) continue;
        moved = true;
        if (known.broken) {
          host.components.set(c.name, { ...c, state: 'half-configured' });
          problems.set(c.name, `${c.name} failed`);
          continue;
        }
        host.postinst.push(`${c.name} ${c.version}`);
        host.components.set(c.name, { ...c, state: 'installed' });
        step(`configured ${c.name}`);
      }
    }
    const waiting = [...host.components.values()].find((c) => !there(c.name) && !problems.has(c.name));
    return [...problems.values()][0] ?? (waiting && `${waiting.name} waits for its dependencies`);
  };
  const idle = () => {
    if (host.busy) throw new PatchwardenError('host-failed', `${host.asset}: apt is at work`);
  };
  return {
    asset: host.asset,
    steps: (files, mend) => [
      ...(mend ? [{ step: 'mend' as const, argv: ['mend'] }] : []),
      ...(files.length > 0
        ? [{ step: 'install' as const, argv: ['install', ...files.map((f) => `${f.name}=${f.version}`)] }]
        : []),
    ],
    freeBytes: async () => host.free,
    waitIdle: async () => idle(),
    interrupted: async () => false,
    mend: async () => {
      step('mend');
      const problem = configure();
      return problem === undefined
        ? { outcome: 'installed', log: null }
        : { outcome: 'failed', reason: problem, log: null };
    },
    stage: async (file, bytes) => {
      if (sha256Hex(bytes) !== file.sha256) throw new PatchwardenError('digest-mismatch', 'other bytes');
      host.staged.set(file.sha256, bytes);
      step(`staged ${file.name}`);
    },
    simulate: async (files) => {
      const names = new Set(files.map((f) => f.name));
      const needs = files
        .flatMap((f) => packageOf(f).needs ?? [])
        .filter((n) => !names.has(n) && !host.components.has(n));
      return {
        installs: needs.length > 0 ? [] : files.map((f) => `${f.name}=${f.version}`).sort(),
        removes: [],
        needs,
        problem: needs.length > 0 ? 'unmet dependencies' : null,
      };
    },
    install: async (files) => {
      const bad = files.find((f) => sha256Hex(host.staged.get(f.sha256) ?? new Uint8Array()) !== f.sha256);
      if (bad) return { outcome: 'refused', reason: `${bad.name} was altered` };
      step('install');
      for (const f of files) {
        const now = host.components.get(f.name);
        // apt does nothing for a package that is there already.
        if (now?.state === 'installed' && compareDpkg(now.version, f.version) === 0) continue;
        host.components.set(f.name, component(f.name, f.version, { arch: f.arch, state: 'unpacked' }));
        step(`unpacked ${f.name}`);
      }
      const problem = configure();
      return problem === undefined
        ? { outcome: 'installed', log: null }
        : { outcome: 'failed', reason: problem, log: null };
    },
    markAutomatic: async (names) => {
      step('mark');
      for (const n of names) host.automatic.add(n);
    },
    clean: async () => {
      host.staged.clear();
      step('clean');
    },
  };
}
