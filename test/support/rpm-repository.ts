import { gzipSync } from 'node:zlib';
import { sha256Hex } from '../../src/util/digest.ts';
import { escapeXml } from '../../src/util/xml.ts';
import type { GpgSigner } from './gpg-signer.ts';
import type { WebServer } from './web-server.ts';

export interface RpmSpec {
  readonly name: string;
  /** `version-release`. */
  readonly version: string;
  readonly epoch?: string;
  readonly arch?: string;
  /** Source package, `name-version-release`. */
  readonly source?: string;
  /** Entries such as `cap` or `cap = 1:2.0-1`; the package provides itself anyway. */
  readonly provides?: readonly string[];
  readonly requires?: readonly string[];
  readonly files?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly obsoletes?: readonly string[];
}

const FLAGS: Readonly<Record<string, string>> = { '=': 'EQ', '<': 'LT', '>': 'GT', '<=': 'LE', '>=': 'GE' };

function entry(text: string): string {
  const [, name = text, op, evr = ''] = /^(.+?) (=|<|>|<=|>=) (\S+)$/.exec(text) ?? [];
  if (op === undefined) return `<rpm:entry name="${escapeXml(name)}"/>`;
  const [, epoch = '0', ver = '', rel] = /^(?:(\d+):)?([^-]+)(?:-(.+))?$/.exec(evr) ?? [];
  return `<rpm:entry name="${escapeXml(name)}" flags="${FLAGS[op]}" epoch="${epoch}" ver="${ver}"${rel ? ` rel="${rel}"` : ''}/>`;
}

const list = (kind: string, entries: readonly string[]): string =>
  entries.length === 0 ? '' : `<rpm:${kind}>${entries.map(entry).join('')}</rpm:${kind}>`;

/** One `<package>` element as createrepo_c writes it. */
export function packageXml(spec: RpmSpec): string {
  const { name, epoch = '0', arch = 'x86_64' } = spec;
  const [version = '', release = ''] = spec.version.split('-');
  const own = `${name} = ${epoch}:${spec.version}`;
  return `<package type="rpm">
  <name>${escapeXml(name)}</name>
  <arch>${arch}</arch>
  <version epoch="${epoch}" ver="${version}" rel="${release}"/>
  <checksum type="sha256" pkgid="YES">${sha256Hex(`${name} ${spec.version}`)}</checksum>
  <summary>what &lt;it&gt; is</summary>
  <description>long
text</description>
  <packager/>
  <url></url>
  <time file="1" build="1"/>
  <size package="1000" installed="0" archive="124"/>
  <location href="Packages/${name}-${spec.version}.${arch}.rpm"/>
  <format>
    <rpm:license>MIT</rpm:license>
    <rpm:group>Unspecified</rpm:group>
    <rpm:sourcerpm>${spec.source ?? `${name}-${spec.version}`}.src.rpm</rpm:sourcerpm>
    <rpm:header-range start="1" end="2"/>
    ${list('provides', [own, ...(spec.provides ?? [])])}
    ${list('requires', spec.requires ?? [])}
    ${list('conflicts', spec.conflicts ?? [])}
    ${list('obsoletes', spec.obsoletes ?? [])}
    ${(spec.files ?? []).map((f) => `<file>${f}</file>`).join('')}
  </format>
</package>`;
}

const primaryXml = (packages: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${packages.length}">
${packages.join('\n')}
</metadata>`;

/** A security advisory about packages given as `name-epoch:version-release.arch`. */
export const updateXml = (id: string, packages: readonly string[], type = 'security'): string =>
  `<update from="x" status="final" type="${type}" version="1"><id>${id}</id><title>t</title><description>d</description><pkglist><collection>${packages
    .map((nevra) => {
      const [, name, epoch, version, release, arch] = /^(.+)-(\d+):([^-]+)-(.+)\.([^.]+)$/.exec(nevra) ?? [];
      return `<package name="${name}" version="${version}" release="${release}" epoch="${epoch}" arch="${arch}"><filename>f</filename></package>`;
    })
    .join('')}</collection></pkglist></update>`;

export interface RpmRepositoryOptions {
  readonly signer: GpgSigner | null;
  readonly packages: readonly RpmSpec[];
  readonly updates?: readonly string[];
  readonly modules?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
}

/** Puts a repository below `repo/` on a server. */
export function publishRpms(web: WebServer, options: RpmRepositoryOptions): void {
  const { signer, updates = [], modules, timestamp = 1_729_000_000 } = options;
  const parts = new Map<string, string>([
    ['primary', primaryXml(options.packages.map(packageXml))],
    ['updateinfo', `<updates>${updates.join('')}</updates>`],
  ]);
  if (modules !== undefined) parts.set('modules', modules);
  const data = [...parts].map(([type, text]) => {
    const bytes = gzipSync(text);
    const sha256 = sha256Hex(bytes);
    const href = `repodata/${sha256}-${type}.xml.gz`;
    web.files.set(`repo/${href}`, bytes);
    return `<data type="${type}"><checksum type="sha256">${sha256}</checksum><location href="${href}"/><timestamp>${timestamp}</timestamp><size>${bytes.length}</size></data>`;
  });
  const repomd = `<?xml version="1.0"?><repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>${data.join('')}</repomd>`;
  web.files.set('repo/repodata/repomd.xml', repomd);
  web.files.delete('repo/repodata/repomd.xml.asc');
  if (signer) web.files.set('repo/repodata/repomd.xml.asc', signer.detached(repomd));
}
