import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageSpec } from './packages.ts';

/** What a version of the service does wrong, if anything. */
export type Behaviour = 'good' | 'broken-script' | 'burn' | 'sick' | 'drift';

export interface ServiceVersion {
  readonly version: string;
  readonly behaviour: Behaviour;
  /** Whether it newly needs `pw-web-lib`. */
  readonly library?: boolean;
}

/**
 * Every version of the service `pw-web`, each higher than the one before. `1.6` is good in itself: its bytes in the
 * repository are other ones than those its index names.
 */
export const SERVICE_VERSIONS: readonly ServiceVersion[] = [
  { version: '1.0', behaviour: 'good' },
  { version: '1.1', behaviour: 'good' },
  { version: '1.2', behaviour: 'good', library: true },
  { version: '1.3', behaviour: 'broken-script' },
  { version: '1.4', behaviour: 'burn' },
  { version: '1.5', behaviour: 'sick' },
  { version: '1.6', behaviour: 'good' },
  { version: '1.7', behaviour: 'drift' },
];
export const TAMPERED = '1.6';
export const SERVICE_PORT = 8080;
/** Seconds until 1.4, 1.5 and 1.7 misbehave, when a host has no such file. */
export const AFTER_FILE = '/var/lib/pw-web/after';

/** Path → content of what a version installs, the same for dpkg and rpm. */
export function serviceFiles({ version, behaviour }: ServiceVersion): Readonly<Record<string, string>> {
  const source = readFileSync(join(import.meta.dirname, 'service-package-web.py'), 'utf8');
  return {
    '/usr/lib/pw-web/server.py': source.replace('@VERSION@', version).replace('@BEHAVIOUR@', behaviour),
    '/usr/lib/pw-web/page.html': `<!doctype html><title>pw-web</title><p>pw-web ${version}\n`,
    '/etc/pw-web.conf': `PORT=${SERVICE_PORT}\n`,
    '/usr/lib/systemd/system/pw-web.service': [
      '[Unit]',
      'Description=Test web service',
      'After=network.target',
      '[Service]',
      'EnvironmentFile=/etc/pw-web.conf',
      'ExecStart=/usr/bin/python3 -I /usr/lib/pw-web/server.py',
      'Restart=on-failure',
      'TimeoutStopSec=10',
      '[Install]',
      'WantedBy=multi-user.target',
      '',
    ].join('\n'),
  };
}

/** What a maintainer's script does after the files are there: Debian's way, and nothing where systemd does not run. */
const debianScript = ({ behaviour }: ServiceVersion): string =>
  [
    'if [ "$1" = configure ]; then',
    ...(behaviour === 'broken-script' ? ['  echo "pw-web: cannot migrate" >&2', '  exit 1'] : []),
    '  systemctl enable --quiet pw-web.service',
    '  if [ -d /run/systemd/system ]; then',
    '    systemctl daemon-reload',
    '    deb-systemd-invoke restart pw-web.service',
    '  fi',
    'fi',
  ].join('\n');

/** The service and the library as Debian packages. */
export const serviceDebs = (versions = SERVICE_VERSIONS): readonly PackageSpec[] => [
  { name: 'pw-web-lib', version: '1.0', files: { '/usr/lib/pw-web/lib/words.txt': 'hello\n' } },
  ...versions.map((v) => ({
    name: 'pw-web',
    version: v.version,
    depends: v.library ? 'python3, pw-web-lib (>= 1.0)' : 'python3',
    postinst: debianScript(v),
    files: serviceFiles(v),
  })),
];
