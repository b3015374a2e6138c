import type { Config } from '../../contracts/generated/config.ts';
import { type DoctorCheck, failed, fine, unanswered, untold, warned } from '../../domain/doctor.ts';
import type { Instant } from '../../domain/time.ts';
import { compareCodePoints } from '../../util/sort.ts';

/** Seconds that two clocks may be apart. */
const APART_S = 60;
const SET_CLOCK = 'let chrony or systemd-timesyncd set the clock of this machine';

/** @param skewSeconds by how many the clock of the forge is ahead of ours; null where it does not say */
export function judgeForgeClock(skewSeconds: number | null): DoctorCheck {
  if (skewSeconds === null)
    return unanswered('clock', 'the forge does not say what time it is', 'compare the clocks by hand');
  const apart = Math.round(Math.abs(skewSeconds));
  if (apart <= APART_S) return fine('clock', 'this machine and the forge agree about the time');
  return failed(
    'clock',
    `the clock of this machine is ${apart} s ${skewSeconds > 0 ? 'behind' : 'ahead of'} that of the forge`,
    SET_CLOCK,
  );
}

/** Without a forge's clock only one direction shows: evidence from the future. @param newest null where there is none */
export function judgeEvidenceClock(newest: Instant | null, now: Instant): DoctorCheck {
  if (newest === null)
    return untold(
      'clock',
      'there is no evidence yet to compare the clock with',
      'compare it by hand: date -u',
    );
  const ahead = Math.round((Date.parse(newest) - Date.parse(now)) / 1000);
  return ahead > APART_S
    ? failed('clock', `the newest evidence is ${ahead} s in the future of this machine's clock`, SET_CLOCK)
    : fine('clock', 'no evidence is newer than the clock of this machine');
}

/** What the last scan knows: asset → what else installs updates there; null where there was no scan, or it told no facts. */
export type OtherPatchers = ReadonlyMap<string, readonly string[]> | null;

const REMEDIES: Readonly<Record<string, string>> = {
  'unattended-upgrades': 'set APT::Periodic::Unattended-Upgrade "0" or remove unattended-upgrades',
  'amazon-ssm-agent':
    'look with aws ssm list-associations for AWS-RunPatchBaseline and the like, and take these hosts out of them',
};

/** Whoever else installs updates there makes locks, windows and budgets untrue. */
export function judgePatchers(found: OtherPatchers, disclose: Config['disclose']): DoctorCheck {
  const code = 'other-patchers';
  if (found === null)
    return untold(
      code,
      'no scan told what else installs updates on the hosts',
      'run patchwarden scan over ssh, or look on a host: systemctl list-timers; apt-config dump APT::Periodic',
    );
  const hosts = new Map<string, string[]>();
  for (const [asset, patchers] of found)
    for (const patcher of patchers) hosts.set(patcher, [...(hosts.get(patcher) ?? []), asset]);
  if (hosts.size === 0) return fine(code, `nothing else installs updates on ${found.size} hosts that told`);
  const sorted = [...hosts].sort(([a], [b]) => compareCodePoints(a, b));
  const which = (assets: readonly string[]): string =>
    disclose === 'names' ? ` (${assets.slice(0, 5).join(', ')}${assets.length > 5 ? ', …' : ''})` : '';
  return warned(
    code,
    sorted
      .map(([patcher, assets]) => `${patcher} on ${assets.length} of ${found.size} hosts${which(assets)}`)
      .join('; '),
    sorted.map(([p]) => REMEDIES[p] ?? `systemctl disable --now ${p}`).join('; '),
  );
}
