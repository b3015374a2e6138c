import type { PackageRow } from '../../../src/contracts/generated/fleet-rows.ts';
import type { WantedPatch } from '../../../src/domain/wanted-patch.ts';
import { sha256Hex } from '../../../src/util/digest.ts';

/** A package that an origin offers, with a stanza that fits. */
export function packageRow(over: Partial<PackageRow> & { readonly depends?: string } = {}): PackageRow {
  const { depends, ...rest } = over;
  const name = rest.name ?? 'openssl';
  const version = rest.version ?? '3.0.15-1';
  const arch = rest.arch ?? 'amd64';
  const sha256 = rest.sha256 ?? sha256Hex(`${name} ${version} ${arch}`);
  return {
    source: 'debian',
    origin: 'debian:bookworm-security/main',
    stream: 'debian:12:amd64',
    security: true,
    name,
    version,
    arch,
    sourcePackage: name,
    sourceVersion: version,
    sha256,
    size: 1000,
    filename: `pool/${name}_${version}_${arch}.deb`,
    section: 'utils',
    priority: 'optional',
    phased: null,
    fetch: 'host',
    immutable: false,
    stanza: `Package: ${name}\nVersion: ${version}\nArchitecture: ${arch}\n${depends ? `Depends: ${depends}\n` : ''}SHA256: ${sha256}`,
    ...rest,
  };
}

/** A patch that hosts of ring `all` of baseline `servers` want. */
export function wantedPatch(over: Partial<WantedPatch> = {}): WantedPatch {
  const candidate = over.candidate ?? packageRow(over.name ? { name: over.name } : {});
  return {
    baseline: 'servers',
    ring: 'all',
    stream: candidate.stream,
    set: 'sha256:set-1',
    name: candidate.name,
    arch: candidate.arch,
    installed: '3.0.11-1',
    candidate,
    advisories: ['CVE-2024-5535'],
    approvedBy: 'security',
    firstSeen: '2024-10-20',
    severity: 'high',
    kev: false,
    due: '2024-11-20',
    assets: 3,
    ...over,
  };
}
