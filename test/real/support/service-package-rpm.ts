import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { sha256Hex } from '../../../src/util/digest.ts';
import { mustRun } from './fleet-run.ts';
import type { PackageFile } from './host-orders.ts';
import { SERVICE_VERSIONS, type ServiceVersion, serviceFiles } from './service-package.ts';

/** A tiny rpm as a test wants it. */
export interface RpmSpec {
  readonly name: string;
  readonly version: string;
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  readonly pre?: string;
  readonly post?: string;
  /** Path → content; a path below /etc is `%config(noreplace)`. */
  readonly files?: Readonly<Record<string, string>>;
}

const specFile = (spec: RpmSpec, sources: string): string => {
  const { name, version, requires = [], provides = [], pre, post, files = {} } = spec;
  return [
    '%global __os_install_post %{nil}',
    '%global debug_package %{nil}',
    `Name: ${name}`,
    `Version: ${version}`,
    'Release: 1.el9',
    `Summary: Test package ${name}`,
    'License: Apache-2.0',
    'BuildArch: noarch',
    'AutoReqProv: no',
    ...requires.map((r) => `Requires: ${r}`),
    ...provides.map((p) => `Provides: ${p}`),
    '%description',
    `Test package ${name}`,
    '%install',
    'mkdir -p %{buildroot}',
    `cp -a ${sources}/. %{buildroot}/`,
    ...(pre === undefined ? [] : ['%pre', pre]),
    ...(post === undefined ? [] : ['%post', post]),
    '%files',
    ...Object.keys(files).map((p) => (p.startsWith('/etc/') ? `%config(noreplace) ${p}` : p)),
    '',
  ].join('\n');
};

/** Builds one package with rpmbuild into a directory. @returns its path */
export async function buildRpm(into: string, spec: RpmSpec): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'patchwarden-rpm-'));
  try {
    const sources = join(work, 'files');
    mkdirSync(sources);
    for (const [path, text] of Object.entries(spec.files ?? {})) {
      mkdirSync(dirname(join(sources, path)), { recursive: true, mode: 0o755 });
      writeFileSync(join(sources, path), text);
    }
    writeFileSync(join(work, 'it.spec'), specFile(spec, sources));
    const define = (name: string, value: string) => ['--define', `${name} ${value}`];
    await mustRun([
      ...['rpmbuild', '-bb', '--quiet', '--nodeps'],
      ...define('_topdir', work),
      ...define('_rpmdir', join(work, 'out')),
      ...define('_rpmfilename', '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm'),
      // A key of its own per run signs it later; el9 has these digests and this payload.
      ...define('_binary_payload', 'w2.zstdio'),
      join(work, 'it.spec'),
    ]);
    const built = join(work, 'out', `${spec.name}-${spec.version}-1.el9.noarch.rpm`);
    const path = join(into, basename(built));
    await mustRun(['mv', built, path]);
    return path;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A built package as orders name it. */
export function rpmFile(path: string): PackageFile {
  const [, name, version, arch] = /^(.+)-([^-]+-[^-]+)\.([^.]+)\.rpm$/.exec(basename(path)) ?? [];
  if (!name || !version || !arch) throw new Error(`${path} is not named as an rpm is`);
  const bytes = readFileSync(path);
  return { name, version, arch, path, size: bytes.length, sha256: sha256Hex(bytes) };
}

/** rpm's way: a failing `%pre` fails the transaction, a failing `%post` would only be a warning. */
const scripts = ({ behaviour }: ServiceVersion): Pick<RpmSpec, 'pre' | 'post'> => ({
  ...(behaviour === 'broken-script' ? { pre: 'echo "pw-web: cannot migrate" >&2\nexit 1' } : {}),
  post: [
    'systemctl enable --quiet pw-web.service || :',
    'if [ -d /run/systemd/system ]; then',
    '  systemctl daemon-reload || :',
    '  systemctl restart pw-web.service || :',
    'fi',
  ].join('\n'),
});

/** The service and the library as rpms. */
export const serviceRpms = (versions = SERVICE_VERSIONS): readonly RpmSpec[] => [
  { name: 'pw-web-lib', version: '1.0', files: { '/usr/lib/pw-web/lib/words.txt': 'hello\n' } },
  ...versions.map((v) => ({
    name: 'pw-web',
    version: v.version,
    ...(v.library ? { requires: ['pw-web-lib >= 1.0'] } : {}),
    ...scripts(v),
    files: serviceFiles(v),
  })),
];

/** What an el9 has and this root has only by dpkg: its release package and a shell for scriptlets. */
export const RELEASE_RPM: RpmSpec = {
  name: 'almalinux-release',
  version: '9.4',
  provides: ['system-release = 9.4', 'system-release(releasever) = 9', '/bin/sh', '/usr/bin/sh', 'systemd'],
};

/** One advisory as updateinfo.xml has it. */
export interface UpdateNotice {
  readonly id: string;
  readonly cve: string;
  readonly version: string;
  readonly at: string;
}

/** updateinfo.xml that closes `pw-web` below each version. */
export const updateInfo = (notices: readonly UpdateNotice[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<updates>',
    ...notices.flatMap(({ id, cve, version, at }) => [
      '<update from="test@example.org" status="final" type="security" version="1">',
      `<id>${id}</id><title>Important: pw-web security update</title><severity>Important</severity>`,
      `<issued date="${at}"/><updated date="${at}"/><rights/><release>AlmaLinux 9</release>`,
      `<references><reference href="https://example.org/${cve}" id="${cve}" type="cve" title="${cve}"/></references>`,
      '<description>A flaw of the test service.</description><solution/>',
      '<pkglist><collection short="almalinux-9"><name>AlmaLinux 9</name>',
      `<package name="pw-web" version="${version}" release="1.el9" epoch="0" arch="noarch">`,
      `<filename>pw-web-${version}-1.el9.noarch.rpm</filename></package>`,
      '</collection></pkglist></update>',
    ]),
    '</updates>',
    '',
  ].join('\n');

/** Writes the metadata of a directory of rpms, with a detached signature. @param sign makes the armoured signature */
export async function indexRpms(
  dir: string,
  notices: readonly UpdateNotice[],
  sign: (file: string, into: string) => Promise<void>,
): Promise<void> {
  rmSync(join(dir, 'repodata'), { recursive: true, force: true });
  await mustRun(['createrepo_c', '--quiet', '--compatibility', dir]);
  const xml = join(dir, 'updateinfo.xml');
  writeFileSync(xml, updateInfo(notices));
  await mustRun(['modifyrepo_c', '--mdtype=updateinfo', xml, join(dir, 'repodata')]);
  rmSync(xml);
  const repomd = join(dir, 'repodata/repomd.xml');
  await sign(repomd, `${repomd}.new`);
  renameSync(`${repomd}.new`, `${repomd}.asc`);
}
