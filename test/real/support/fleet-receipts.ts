import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import type { Fleet } from './fleet.ts';

/** What a host itself wrote about its runs, oldest first; read past network and ssh. */
export async function receiptsOf(fleet: Fleet, host: string): Promise<readonly HostReceipt[]> {
  const dir = '/var/lib/patchwarden/receipts';
  const script = [
    'import glob, json, sys',
    'rs = [json.load(open(p))["receipt"] for p in glob.glob(sys.argv[1] + "/*.json")]',
    'print(json.dumps(rs))',
  ].join('\n');
  const { stdout } = await fleet.exec(host, ['python3', '-I', '-c', script, dir]);
  const receipts = stdout === '' ? [] : (JSON.parse(stdout) as HostReceipt[]);
  return receipts.toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
}

const startOf = (receipt: HostReceipt): string => receipt.steps[0]?.started ?? '';

/** From the start of the first change to the end of the soak (or of the way back): when a host counts as in flight. */
export function inFlight(receipt: HostReceipt): readonly [number, number] {
  const at = (text: string | null | undefined) => Date.parse(text ?? '');
  const change = receipt.steps.find((s) => s.step === 'install');
  const last = receipt.steps.filter((s) => s.step !== 'watch' && s.ended !== null).at(-1);
  return [at(change?.started), at(last?.ended)];
}

/** The largest number of intervals that overlap; ones that only touch do not. */
export function mostAtOnce(intervals: readonly (readonly [number, number])[]): number {
  const events = intervals
    .flatMap(([from, to]) => [[from, 1] as const, [to, -1] as const])
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  let [now, most] = [0, 0];
  for (const [, change] of events) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}

/** Versions of the service that dpkg or rpm installed since the host was made, by their own logs. */
export async function everInstalled(fleet: Fleet, host: string): Promise<readonly string[]> {
  if (host.startsWith('deb')) {
    const { dpkg } = await fleet.logs(host);
    const found = [...dpkg.matchAll(/ (?:install|upgrade) pw-web:all \S+ (\S+)$/gm)].map((m) => m[1] ?? '');
    return [...new Set(found)];
  }
  const { stdout } = await fleet.exec(host, ['rpm', '-q', '--qf', '%{VERSION}\\n', 'pw-web']);
  const logged = (await fleet.exec(host, ['sh', '-c', 'cat /var/lib/patchwarden/receipts/*.log 2>/dev/null']))
    .stdout;
  const found = [...logged.matchAll(/pw-web-(\d[^-\s]*)-1\.el9/g)].map((m) => m[1] ?? '');
  return [...new Set([...found, stdout.trim()])];
}
