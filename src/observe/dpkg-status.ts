import type { Component, PackageState } from '../domain/component.ts';
import { isDpkgVersion } from '../domain/version/dpkg.ts';
import { parseDeb822, type Stanza } from '../util/deb822.ts';
import { quote } from '../util/printable.ts';

export interface DpkgStatus {
  readonly components: readonly Component[];
  /** Damaged places, each a sentence with the line. */
  readonly problems: readonly string[];
}

export interface DpkgStatusOptions {
  /** Where the text is from, for messages. */
  readonly label: string;
  /** In a status.d directory a stanza without Status is an installed package; elsewhere it is damage. */
  readonly statusOptional?: boolean;
}

const FIELDS: ReadonlySet<string> = new Set(['package', 'status', 'architecture', 'version', 'source']);
const NAME = /^[a-z0-9][a-z0-9+.-]{0,254}$/;
const ARCH = /^[a-z0-9][a-z0-9-]{0,62}$/;
const PRESENT: ReadonlySet<string> = new Set<PackageState>([
  'installed',
  'half-installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
]);
const ABSENT: ReadonlySet<string> = new Set(['not-installed', 'config-files']);

/**
 * Installed packages of a dpkg status text, in its order. Packages of which only configuration is left are not listed;
 * those in a state between are, with it. A stanza that cannot be read is a problem, never silently fewer packages.
 * @see dpkg-query(1) "Status"; Debian Policy 5.6.1 for `Source: name (version)`
 */
export function parseDpkgStatus(text: string, options: DpkgStatusOptions): DpkgStatus {
  const { stanzas, problems } = parseDeb822(text, { only: FIELDS });
  const found: string[] = problems.map((p) => `${options.label}:${p.line}: ${p.message}`);
  const components = new Map<string, Component>();
  for (const stanza of stanzas) {
    const read = readStanza(stanza, options.statusOptional === true);
    if (read === null) continue;
    if (typeof read === 'string') {
      found.push(`${options.label}:${stanza.line}: ${read}`);
      continue;
    }
    const key = `${read.name}:${read.arch}`;
    if (components.has(key)) found.push(`${options.label}:${stanza.line}: ${key} is listed twice`);
    else components.set(key, read);
  }
  return { components: [...components.values()], problems: found };
}

/** The component; null when it is not on the system; a sentence when the stanza is damaged. */
function readStanza(stanza: Stanza, statusOptional: boolean): Component | null | string {
  const field = (name: string): string => stanza.fields.get(name) ?? '';
  const name = field('package');
  if (!NAME.test(name)) return name === '' ? 'a package without a name' : `${quote(name)} is no package name`;
  const status = stanza.fields.get('status') ?? (statusOptional ? 'install ok installed' : '');
  const [want = '', , state = ''] = status.split(/\s+/);
  if (ABSENT.has(state)) return null;
  if (status === '') return `${name} has no Status`;
  if (!isPresent(state)) return `${name} has the status ${quote(status)}, which dpkg does not have`;
  const version = field('version');
  if (!isDpkgVersion(version)) return `${name} has no usable version (${quote(version)})`;
  const arch = field('architecture');
  if (!ARCH.test(arch)) return `${name} has no usable architecture (${quote(arch)})`;
  const source = parseSource(field('source'), name, version);
  if (source === null) return `${name} has the source ${quote(field('source'))}, which is no source package`;
  return { name, version, arch, ...source, held: want === 'hold', state };
}

const isPresent = (state: string): state is PackageState => PRESENT.has(state);

/** `name (version)`, `name`, or nothing: then name and version are those of the package itself. Null when it is none of these. */
export function parseSource(
  value: string,
  name: string,
  version: string,
): { readonly sourcePackage: string; readonly sourceVersion: string } | null {
  if (value === '') return { sourcePackage: name, sourceVersion: version };
  const [, sourcePackage = '', sourceVersion = version] = /^(\S+)(?:\s+\(([^()\s]+)\))?$/.exec(value) ?? [];
  if (!NAME.test(sourcePackage) || !isDpkgVersion(sourceVersion)) return null;
  return { sourcePackage, sourceVersion };
}
