import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseLayers } from './fleet-base.ts';
import type { PackageSpec } from './packages.ts';
import type { RpmSpec } from './service-package-rpm.ts';

/** A unit of a package, enabled wherever the package is. */
const unit = (command: string): string =>
  `[Unit]\nDescription=Test unit\n[Service]\nExecStart=${command}\n[Install]\nWantedBy=multi-user.target\n`;

/** No Debian package has it, and the helper takes it for one that a running system cannot do without. */
export const BUS = 'dbus-broker.service';
/** A kernel that no machine runs. */
export const KERNEL = '6.99.0-pw';

/** `pw-boot` wants a reboot as libc does, `pw-bus` is what only a boot restarts, 1.1 of `pw-loop` reboots whoever has it. */
export async function bootPackages(): Promise<readonly PackageSpec[]> {
  const [base = '/'] = await baseLayers('debian');
  const sleep = readFileSync(join(base, 'usr/bin/sleep'));
  const boot = (version: string): PackageSpec => ({
    name: 'pw-boot',
    version,
    postinst: [
      'if [ "$1" = configure ] && [ -n "$2" ]; then',
      `  echo "configure ${version}" >> /var/log/pw-boot.log`,
      '  touch /run/reboot-required',
      '  echo pw-boot >> /run/reboot-required.pkgs',
      'fi',
    ].join('\n'),
  });
  const bus = (version: string): PackageSpec => ({
    name: 'pw-bus',
    version,
    postinst: `systemctl enable --quiet ${BUS}`,
    files: {
      // A program with some bytes behind its end still runs, and is another file.
      '/usr/lib/pw-bus/pw-busd': Buffer.concat([sleep, Buffer.from(version)]),
      [`/usr/lib/systemd/system/${BUS}`]: unit('/usr/lib/pw-bus/pw-busd infinity'),
    },
  });
  const script = (version: string): PackageSpec => ({
    name: 'pw-script',
    version,
    postinst: 'systemctl enable --quiet polkit.service',
    files: {
      '/usr/lib/pw-script/run': 'exec sleep infinity\n',
      '/usr/lib/pw-script/version': `${version}\n`,
      '/usr/lib/systemd/system/polkit.service': unit('/bin/sh /usr/lib/pw-script/run'),
    },
  });
  const loop = (version: string, run: string): PackageSpec => ({
    name: 'pw-loop',
    version,
    postinst: 'systemctl enable --quiet pw-loop.service',
    files: {
      '/usr/lib/pw-loop/run': run,
      '/usr/lib/systemd/system/pw-loop.service': unit('/bin/sh /usr/lib/pw-loop/run'),
    },
  });
  return [
    ...['1.0', '1.1', '1.2'].map(boot),
    ...['1.0', '1.1', '1.2'].map(bus),
    ...['1.0', '1.1'].map(script),
    loop('1.0', 'exec sleep infinity\n'),
    loop('1.1', 'sleep 4\nsystemctl reboot\nexec sleep infinity\n'),
    loop('1.2', 'systemctl reboot\nexec sleep infinity\n'),
    ...['1.0', '1.1', '1.2'].map((version) => ({ name: 'pw-plain', version })),
    { name: `linux-image-${KERNEL}`, version: '1', files: { [`/boot/vmlinuz-${KERNEL}`]: 'no kernel\n' } },
  ];
}

/** For the host with dnf. */
export const LOCK_RPMS: readonly RpmSpec[] = ['1.0', '1.1'].map((version) => ({
  name: 'pw-lock',
  version,
  files: { '/usr/share/pw-lock/version': `${version}\n` },
}));
