import type { HostFacts } from '../domain/component.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { FileTree } from '../ports/file-tree.ts';
import { digestOf } from '../util/digest.ts';
import { asArray, asObject, asString, parseJsonData } from '../util/json-data.ts';
import { compareCodePoints } from '../util/sort.ts';
import { enabledRepositories, moduleStreams, versionLocks } from './collected-dnf.ts';

interface Times {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A second is what the host's own clock is read to. */
const GRAIN_S = 1;

/**
 * What a host told of itself beside packages. A part that is absent, damaged or not readable is left out.
 * @param times epoch milliseconds of our clock around the collection
 */
export async function readFacts(tree: FileTree, times: Times): Promise<HostFacts> {
  const text = (path: string): Promise<string> => readText(tree, path);
  const line = async (path: string, form: RegExp): Promise<string | undefined> =>
    form.exec((await text(path)).split('\n')[0]?.trim() ?? '')?.[0];
  const machine = await line('etc/machine-id', /^[0-9a-f]{32}$/);
  const seconds = Number(await line('.facts/clock', /^\d{1,12}$/));
  const uptime = Number(await line('proc/uptime', /^\d+(\.\d+)?/));
  const freeBytes = freeOf(await text('.facts/df'));
  const [modules, repositories, locks] = await Promise.all([
    moduleStreams(tree),
    enabledRepositories(tree),
    versionLocks(tree),
  ]);
  return withoutNothing({
    kernel: await line('proc/sys/kernel/osrelease', /^[A-Za-z0-9._+~-]{1,128}$/),
    bootId: await line('proc/sys/kernel/random/boot_id', /^[0-9a-f-]{36}$/),
    // The id itself is confidential; a digest for our purpose alone tells hosts apart as well.
    machineId: machine === undefined ? undefined : digestOf({ purpose: 'patchwarden/machine-id', machine }),
    clock: seconds > 0 ? { seconds, skewSeconds: skew(seconds, times) } : undefined,
    uptimeSeconds: uptime > 0 ? Math.floor(uptime) : undefined,
    freeBytes: Object.keys(freeBytes).length > 0 ? freeBytes : undefined,
    entitlements: some(sorted([...ubuntuPro(await readPro(tree)), ...(await subscription(text))])),
    modules: some(modules),
    repositories: some(repositories),
    versionLocks: some(locks),
    otherPatchers: some(sorted(await otherPatchers(text))),
    rebootPackages: some(sorted(words(await text('run/reboot-required.pkgs')))),
  });
}

/** Nothing for a file that the host did not give: facts are extra. */
async function readText(tree: FileTree, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await tree.read(path, { maxBytes: 1 << 20 }));
  } catch (error) {
    if (error instanceof PatchwardenError && error.code === 'source-failed') return '';
    throw error;
  }
}

/** Seconds that the host's clock is ahead; 0 while it lies within the time the call took. */
function skew(seconds: number, { startedAt, endedAt }: Times): number {
  const from = Math.floor(startedAt / 1000) - GRAIN_S;
  const to = Math.ceil(endedAt / 1000) + GRAIN_S;
  return seconds < from ? seconds - from : seconds > to ? seconds - to : 0;
}

/** Available bytes by the mount points of the first line; `df -Pk` keeps the order it is asked in. @see df(1), POSIX */
function freeOf(text: string): Readonly<Record<string, number>> {
  const [asked = '', , ...rows] = text.split('\n');
  return Object.fromEntries(
    asked.split(' ').flatMap((mount, i) => {
      const kib = /^\S.*?\s+\d+\s+-?\d+\s+(\d{1,12})\s+\S+\s+\//.exec(rows[i] ?? '')?.[1];
      return kib === undefined || !/^\/[a-z]*$/.test(mount) ? [] : [[mount, Number(kib) * 1024]];
    }),
  );
}

const readPro = async (tree: FileTree): Promise<readonly unknown[]> => {
  const parse = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
    const parsed = parseJsonData(new TextEncoder().encode(await readText(tree, path)), path);
    return (parsed.ok ? asObject(parsed.value) : undefined) ?? {};
  };
  const status = await parse('var/lib/ubuntu-advantage/status.json');
  const enabled = asArray(status.services).filter((s) => asString(asObject(s)?.status) === 'enabled');
  const attributes = asObject(asObject((await parse('.facts/pro')).data)?.attributes);
  return [...enabled, ...asArray(attributes?.enabled_services)];
};

const ubuntuPro = (services: readonly unknown[]): readonly string[] =>
  services.flatMap((s) => {
    const name = asString(asObject(s)?.name);
    return name !== undefined && /^[a-z0-9-]{1,63}$/.test(name) ? [`ubuntu-pro:${name}`] : [];
  });

const subscription = async (text: (path: string) => Promise<string>): Promise<readonly string[]> =>
  (await text('.facts/rhsm')).trim() === 'registered' ? ['rhsm:registered'] : [];

const PATCHER_TIMER =
  /^(?:dnf5?-automatic(?:-[a-z]+)?|apt-daily-upgrade|yum-cron|packagekit-offline\S*)\.timer$/;

/**
 * Timers that install updates; apt's is always there, and installs only where it is told to. What AWS lets its agent
 * install is known to AWS alone.
 */
async function otherPatchers(text: (path: string) => Promise<string>): Promise<readonly string[]> {
  const timers = words(await text('.facts/timers')).filter((t) => PATCHER_TIMER.test(t));
  const told = [...(await text('.facts/unattended')).matchAll(UNATTENDED)].at(-1)?.[1] ?? '0';
  return [
    ...timers.filter((t) => t !== 'apt-daily-upgrade.timer'),
    ...(words(await text('.facts/agents')).length > 0 ? ['amazon-ssm-agent'] : []),
    ...(told !== '0' && timers.includes('apt-daily-upgrade.timer') ? ['unattended-upgrades'] : []),
  ];
}

/** `APT::Periodic::Unattended-Upgrade "1";`, also within braces; not the origins, which are another key. */
const UNATTENDED = /^\s*(?:APT::Periodic::)?Unattended-Upgrade\s+"([^"]*)"/gm;

const words = (text: string): readonly string[] =>
  text.split(/\s+/).filter((w) => /^[\w.+@:~-]{1,200}$/.test(w));

const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].sort(compareCodePoints);

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined };

const withoutNothing = (facts: Optional<HostFacts>): HostFacts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as HostFacts;
