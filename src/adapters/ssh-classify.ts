import { printable } from '../util/printable.ts';

/** Why a host was not reached, in words that a status report can count. */
export type SshFailureKind =
  | 'unreachable' // no route, refused, no such name, connection lost
  | 'timed-out' // it accepts, and does not answer in time
  | 'auth-failed' // it is there, and does not let us in
  | 'host-key-changed' // it shows another key than the one on file
  | 'host-key-unknown' // no key on file
  | 'not-ssh' // what answers does not speak ssh
  | 'too-large' // it sent more than the cap
  | 'missing'; // no ssh program here

/** The first that matches wins: a changed key is told before the refusal that follows from it. */
const RULES: readonly (readonly [RegExp, SshFailureKind])[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|differs from the key for the IP address/, 'host-key-changed'],
  [/revoked (?:host )?key|marked as revoked/i, 'host-key-changed'],
  [
    /host key is known for|Host key verification failed|No matching host key fingerprint/i,
    'host-key-unknown',
  ],
  [/Permission denied|Too many authentication failures|No more authentication methods/i, 'auth-failed'],
  [
    /invalid characters|Bad remote protocol version|Protocol major versions differ|No banner received|Bad packet length|no matching [^\n]{1,60} found|message authentication code incorrect/i,
    'not-ssh',
  ],
  [
    /timed out during banner exchange|Timeout, server .* not responding|Connection timed out\s*$/im,
    'timed-out',
  ],
];
/** A TCP connection that nobody answers is a host that is away, not one that hangs. */
const AWAY = /connect to (?:address|host) .*: (?:Connection timed out|Operation timed out|No route to host)/i;

/**
 * What ssh's own words mean, given that it ended with 255.
 * @param log what ssh wrote to its log file, without a word of the host
 * @see ssh(1) EXIT STATUS
 */
export function classifySsh(log: string): SshFailureKind {
  if (AWAY.test(log)) return 'unreachable';
  return RULES.find(([pattern]) => pattern.test(log))?.[1] ?? 'unreachable';
}

/** The line that says most, for people: the last one, without decoration. */
export function sshReason(log: string, kind: SshFailureKind): string {
  const lines = log
    .split(/[\r\n]+/)
    .map((l) => l.replace(/^@+|@+$/g, '').trim())
    .filter((l) => l !== '');
  const wanted = RULES.filter(([, k]) => k === kind).map(([pattern]) => pattern);
  const line = lines.find((l) => wanted.some((p) => p.test(l))) ?? lines.at(-1);
  return line === undefined ? 'ssh gave no reason' : printable(line).slice(0, 300);
}
