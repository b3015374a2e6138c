import { mustRun, runAsync } from './fleet-run.ts';

/** A bridge of one run with a namespace per host, so that a host can be cut off as a pulled cable does. */
export interface FleetNetwork {
  readonly bridge: string;
  /** Address of this machine on the bridge: where repositories, the proxy and the controller listen. */
  readonly gateway: string;
  readonly address: (index: number) => string;
  /** Name of the network namespace of a host. */
  readonly namespace: (index: number) => string;
  /** Pulls the cable: packets vanish, nobody is told. */
  readonly cut: (index: number) => Promise<void>;
  readonly mend: (index: number) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Interfaces and namespaces of a run are named `pwf<number>…`; nothing else is ever touched. */
const named = (net: number, rest = ''): string => `pwf${net}${rest}`;

const batch = (lines: readonly string[]) =>
  mustRun(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });

/** The first free `10.77.<n>.0/24`. */
async function claim(): Promise<number> {
  const taken = await mustRun(['ip', '-o', 'address']);
  for (let net = 1; net < 250; net++) {
    if (taken.includes(` 10.77.${net}.`)) continue;
    const made = await runAsync(['ip', 'link', 'add', named(net), 'type', 'bridge']);
    if (made.code === 0) return net;
  }
  throw new Error('no 10.77.<n>.0/24 is free for a fleet');
}

export async function createNetwork(hosts: number): Promise<FleetNetwork> {
  const net = await claim();
  const bridge = named(net);
  const address = (index: number) => `10.77.${net}.${10 + index}`;
  const namespace = (index: number) => named(net, `-${index}`);
  const cable = (index: number) => named(net, `h${index}`);
  const all = Array.from({ length: hosts }, (_, i) => i);
  const remove = () => removeNetwork(net);
  try {
    await batch([
      `address add 10.77.${net}.1/24 dev ${bridge}`,
      `link set ${bridge} up`,
      ...all.flatMap((i) => [
        `netns add ${namespace(i)}`,
        `link add ${cable(i)} type veth peer name host0 netns ${namespace(i)}`,
        `link set ${cable(i)} master ${bridge} up`,
      ]),
    ]);
    for (const i of all)
      await mustRun(['ip', '-netns', namespace(i), '-batch', '-'], {
        input: `link set lo up\naddress add ${address(i)}/24 dev host0\nlink set host0 up\nroute add default via 10.77.${net}.1\n`,
      });
  } catch (error) {
    await remove();
    throw error;
  }
  const set = async (index: number, state: 'up' | 'down') => {
    await mustRun(['ip', 'link', 'set', cable(index), state]);
  };
  return {
    bridge,
    gateway: `10.77.${net}.1`,
    address,
    namespace,
    cut: (index) => set(index, 'down'),
    mend: (index) => set(index, 'up'),
    remove,
  };
}

/** Deletes the bridge of a number, its cables and its namespaces. */
async function removeNetwork(net: number): Promise<void> {
  const spaces = (await mustRun(['ip', 'netns', 'list'])).split('\n').map((l) => l.split(' ')[0] ?? '');
  for (const space of spaces.filter((s) => s.startsWith(named(net, '-'))))
    await runAsync(['ip', 'netns', 'delete', space]);
  const links = (await mustRun(['ip', '-o', 'link'])).matchAll(/^\d+: ([^:@]+)/gm);
  for (const [, link = ''] of links)
    if (link.startsWith(named(net, 'h'))) await runAsync(['ip', 'link', 'delete', link]);
  await runAsync(['ip', 'link', 'delete', named(net)]);
}

/** The same by the bridge's name, for what a crashed run left. */
export async function removeNetworkNamed(bridge: string): Promise<void> {
  const net = /^pwf(\d+)$/.exec(bridge)?.[1];
  if (net !== undefined) await removeNetwork(Number(net));
}
