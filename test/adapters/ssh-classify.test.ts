import { describe, expect, it } from 'vitest';
import { classifySsh, type SshFailureKind, sshReason } from '../../src/adapters/ssh-classify.ts';

/** Words of OpenSSH 9.2, as they were met. */
const SAID: readonly (readonly [SshFailureKind, string])[] = [
  ['unreachable', 'ssh: connect to host 10.0.0.1 port 22: Connection timed out'],
  ['unreachable', 'ssh: connect to host 10.0.0.1 port 22: No route to host'],
  ['unreachable', 'ssh: connect to host 10.0.0.1 port 22: Connection refused'],
  ['unreachable', 'ssh: Could not resolve hostname nowhere: Name or service not known'],
  [
    'unreachable',
    'kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.1 port 22',
  ],
  ['unreachable', 'client_loop: send disconnect: Broken pipe'],
  ['unreachable', 'Connection to 10.0.0.1 closed by remote host.'],
  ['timed-out', 'Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out'],
  ['timed-out', 'Timeout, server 10.0.0.1 not responding.'],
  ['auth-failed', 'patchwarden@10.0.0.1: Permission denied (publickey).'],
  ['auth-failed', 'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures'],
  [
    'host-key-changed',
    '@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@@@@\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\nHost key for web1 has changed and you have requested strict checking.\nHost key verification failed.',
  ],
  [
    'host-key-unknown',
    'No ED25519 host key is known for web1 and you have requested strict checking.\nHost key verification failed.',
  ],
  [
    'not-ssh',
    'kex_exchange_identification: banner line contains invalid characters\nbanner exchange: Connection to 127.0.0.1 port 22: invalid format',
  ],
  [
    'not-ssh',
    'Bad packet length 1349676916.\nssh_dispatch_run_fatal: Connection to 10.0.0.1 port 22: Connection corrupted',
  ],
  [
    'not-ssh',
    'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa',
  ],
  ['unreachable', 'something nobody has seen yet'],
];

describe('what ssh says', () => {
  it.each(SAID)('%s: %s', (kind, log) => {
    expect(classifySsh(log)).toBe(kind);
    expect(classifySsh(log.replaceAll('\n', '\r\n'))).toBe(kind);
    expect(sshReason(log, kind).length).toBeGreaterThan(3);
  });

  it('gives people the line that tells why, without what would move their cursor', () => {
    const [, changed = ''] = SAID.find(([kind]) => kind === 'host-key-changed') ?? [];
    expect(sshReason(changed, 'host-key-changed')).toBe('WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!');
    expect(sshReason('\u001b[2Jx', 'unreachable')).toBe('\\u{1b}[2Jx');
    expect(sshReason('', 'unreachable')).toBe('ssh gave no reason');
    expect(sshReason('x'.repeat(1000), 'unreachable')).toHaveLength(300);
  });
});
