import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { claimRunDir, runDirPrefix } from './fleet-leftovers.ts';
import { type Background, background, inParallel, mustRun, waitUntil } from './fleet-run.ts';
import { osvRecord } from './osv-record.ts';
import { buildDeb, type Deb } from './packages.ts';
import { SERVICE_VERSIONS, serviceDebs, TAMPERED } from './service-package.ts';
import { buildRpm, indexRpms, RELEASE_RPM, serviceRpms, type UpdateNotice } from './service-package-rpm.ts';

const CODENAME = 'bookworm-security';
const FIELDS = {
  Origin: 'Debian',
  Label: 'Debian-Security',
  Suite: 'stable-security',
  Codename: CODENAME,
  Components: 'main',
};

/** The repositories of the test service, signed with a key of this run, as directories and over HTTP. */
export interface ServiceRepository {
  readonly dir: string;
  /** Armoured public key of both. */
  readonly key: string;
  readonly debs: readonly Deb[];
  readonly rpms: readonly string[];
  /** Offers exactly these versions of the service (and the library), signs, and tampers with what must be tampered with. */
  readonly offer: (...versions: readonly string[]) => Promise<void>;
  /** Serves it at an address until {@link remove}. @returns the URL without a slash at the end */
  readonly serve: (address: string) => Promise<string>;
  /** Lines of the server's log: which host fetched what, when. */
  readonly served: () => readonly string[];
  readonly remove: () => Promise<void>;
}

/** What makes the update to a version an urgent one. */
export const noticeOf = (version: string): UpdateNotice => {
  const n = 2000 + Number(version.split('.')[1]);
  return { id: `ALSA-2026:${n}`, cve: `CVE-2026-${n}`, version, at: '2026-10-01 00:00:00' };
};

/** The same as OSV records, by file name, for the stream of each kind of host. */
export function osvRecords(versions: readonly string[]): Readonly<Record<string, string>> {
  const record = (id: string, ecosystem: string, fixed: string, more: object) => [
    `${id}.json`,
    JSON.stringify({ ...osvRecord(id, { ecosystem, name: 'pw-web', fixed }), ...more }),
  ];
  return Object.fromEntries(
    versions
      .map(noticeOf)
      .flatMap(({ id, cve, version }) => [
        record(cve, 'Debian:12', version, {}),
        record(id, 'AlmaLinux:9', `${version}-1.el9`, { related: [cve] }),
      ]),
  ) as Record<string, string>;
}

/** Builds every version; offers 1.0 only until told otherwise. Without `rpm` there is a Debian repository alone. */
export async function buildServiceRepository(
  options: { readonly rpm?: boolean } = {},
): Promise<ServiceRepository> {
  const { rpm = true } = options;
  const dir = mkdtempSync(runDirPrefix());
  claimRunDir(dir, null);
  const [built, home, www] = ['built', 'gpg', 'www'].map((n) => join(dir, n)) as [string, string, string];
  for (const path of [built, home, www]) mkdirSync(path, { mode: path === home ? 0o700 : 0o755 });
  await mustRun(['chmod', '755', dir]);
  const gpg = (...args: string[]) =>
    mustRun(['gpg', '--homedir', home, '--batch', '--quiet', '--yes', ...args]);
  const name = 'Patchwarden Fleet <fleet@example.org>';
  await gpg('--passphrase', '', '--quick-generate-key', name, 'rsa3072', 'sign', 'never');
  const key = await gpg('--armor', '--export');
  writeFileSync(join(www, 'key.asc'), key);
  const debs = serviceDebs().map((spec) => buildDeb(built, spec));
  const specs = rpm ? [RELEASE_RPM, ...serviceRpms()] : [];
  const rpms = await inParallel(specs, 2, (spec) => buildRpm(built, spec));
  if (rpm)
    await mustRun([
      ...['rpmsign', '--addsign', '--define', `_gpg_name ${name}`, '--define', `_gpg_path ${home}`],
      ...['--define', '__gpg /usr/bin/gpg', ...rpms],
    ]);
  const arch = (await mustRun(['dpkg', '--print-architecture'])).trim();

  const offerDebs = async (wanted: readonly Deb[]) => {
    const root = join(www, 'debian');
    rmSync(root, { recursive: true, force: true });
    const release = join(root, 'dists', CODENAME);
    mkdirSync(join(release, 'main', `binary-${arch}`), { recursive: true });
    mkdirSync(join(root, 'pool'));
    for (const deb of wanted) copyFileSync(deb.path, join(root, 'pool', basename(deb.path)));
    const packages = await mustRun(['apt-ftparchive', 'packages', 'pool'], { cwd: root });
    writeFileSync(join(release, 'main', `binary-${arch}`, 'Packages'), packages);
    const flags = Object.entries({ ...FIELDS, Architectures: arch }).flatMap(([k, v]) => [
      '-o',
      `APT::FTPArchive::Release::${k}=${v}`,
    ]);
    writeFileSync(join(release, 'Release'), await mustRun(['apt-ftparchive', ...flags, 'release', release]));
    await gpg('--clearsign', '-o', join(release, 'InRelease'), join(release, 'Release'));
    for (const deb of wanted.filter((d) => d.name === 'pw-web' && d.version === TAMPERED))
      tamper(join(root, 'pool', basename(deb.path)));
  };
  const offerRpms = async (wanted: readonly string[], versions: readonly string[]) => {
    const root = join(www, 'rpm');
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    for (const path of wanted) copyFileSync(path, join(root, basename(path)));
    const notices = versions.filter((v) => v !== '1.0').map(noticeOf);
    await indexRpms(root, notices, async (file, into) => {
      await gpg('--armor', '--detach-sign', '-o', into, file);
    });
    const bad = join(root, `pw-web-${TAMPERED}-1.el9.noarch.rpm`);
    if (versions.includes(TAMPERED)) tamper(bad);
  };
  const offer: ServiceRepository['offer'] = async (...versions) => {
    const known = SERVICE_VERSIONS.map((v) => v.version);
    const odd = versions.find((v) => !known.includes(v));
    if (odd !== undefined) throw new Error(`there is no version ${odd} of the service`);
    const of = (file: string) => versions.some((v) => file.startsWith(`pw-web-${v}-`));
    await offerDebs(debs.filter((d) => d.name !== 'pw-web' || versions.includes(d.version)));
    if (rpm)
      await offerRpms(
        rpms.filter((p) => of(basename(p)) || !/^pw-web-\d/.test(basename(p))),
        versions,
      );
  };
  await offer('1.0');

  let server: Background | undefined;
  const log = join(dir, 'http.log');
  return {
    dir: www,
    key,
    debs,
    rpms,
    offer,
    served: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    serve: async (address) => {
      const port = 8099;
      const out = openSync(log, 'a');
      server = background(
        ['python3', '-u', '-m', 'http.server', '--bind', address, '--directory', www, String(port)],
        out,
      );
      closeSync(out);
      const url = `http://${address}:${port}`;
      await waitUntil(`${url} answers`, 10_000, async () => {
        const answer = await fetch(`${url}/key.asc`).catch(() => undefined);
        return answer?.ok === true;
      });
      return url;
    },
    remove: async () => {
      await server?.stop();
      // gpg leaves an agent behind that would keep running.
      await mustRun(['gpgconf', '--homedir', home, '--kill', 'all']).catch(() => undefined);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Other bytes of the same size, inside the payload: the headers that tools show are as before. */
function tamper(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length - 40;
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}
