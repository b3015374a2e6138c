import type { Component } from '../domain/component.ts';
import { quote } from '../util/printable.ts';
import { damageOf, isKey, type RpmTags, rpmComponents } from './rpm-packages.ts';

/**
 * What to ask rpm for, as `rpm -qa --queryformat <this>`: one package a line, seven fields parted by tabs. The last is a
 * tag since rpm 4.15; without it six fields are read as well.
 */
export const RPM_QA_FORMAT =
  '%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t%{MODULARITYLABEL}\\n';

export interface RpmQa {
  readonly components: readonly Component[];
  /** Damaged lines, each a sentence with the line. */
  readonly problems: readonly string[];
  /** Lines that are a package. */
  readonly read: number;
}

const MAX_PROBLEMS = 100;
const PLAIN =
  /^(\S+)-(?:(\d+|\(none\)):)?([^-\s:]+)-([^-\s:]+?)(?:\.(x86_64(?:_v2)?|noarch|aarch64|i[3-6]86|s390x|ppc64le|ppc64|riscv64|armv7hl|\(none\)))?$/;

/**
 * Packages of an `rpm -qa` list, line by line: the fields of {@link RPM_QA_FORMAT}, or what `rpm -qa` prints by itself,
 * `name-[epoch:]version-release[.arch]`, which tells neither source nor module, and often no epoch. Keys are left out.
 * A line that is neither is a problem, never silently one package fewer.
 */
export function parseRpmQa(text: string, options: { readonly label: string }): RpmQa {
  const problems: string[] = [];
  const found: RpmTags[] = [];
  let read = 0;
  text.split('\n').forEach((raw, i) => {
    const line = raw.replace(/\r$/, '');
    if (line.trim() === '') return;
    const tags = line.includes('\t') ? fromFields(line) : fromPlain(line.trim());
    const damage =
      tags === undefined
        ? `${quote(line.slice(0, 200))} is no package`
        : isKey(tags.name)
          ? null
          : damageOf(tags);
    if (damage !== null) {
      if (problems.length < MAX_PROBLEMS) problems.push(`${options.label}:${i + 1}: ${damage}`);
      return;
    }
    read += 1;
    if (tags !== undefined && !isKey(tags.name)) found.push(tags);
  });
  return { components: rpmComponents(found), problems, read };
}

/** True for a text whose lines are mostly rpm packages, by a sample from its beginning. */
export function isRpmQa(text: string): boolean {
  const lines = text
    .slice(0, 65_536)
    .split('\n')
    .slice(0, 200)
    .filter((l) => l.trim() !== '');
  const rpm = lines.filter((l) =>
    l.includes('\t')
      ? fromFields(l) !== undefined && /\.src\.rpm\b|\(none\)|\.(?:el|fc|amzn)\d/.test(l)
      : /^\S+-[^-\s]+-[^-\s]+\.(?:x86_64|noarch|aarch64|i686|s390x|ppc64le|(?:el|fc|amzn)\d\S*)\s*$/.test(l),
  );
  return rpm.length * 2 > lines.length;
}

function fromFields(line: string): RpmTags | undefined {
  const fields = line.split('\t').map((f) => f.trim());
  if (fields.length < 6 || fields.length > 7) return undefined;
  const [name = '', epoch = '', version = '', release = '', arch = '', sourceRpm = '', modularityLabel = ''] =
    fields;
  return { name, epoch, version, release, arch, sourceRpm, modularityLabel };
}

function fromPlain(line: string): RpmTags | undefined {
  const [, name, epoch = '', version = '', release = '', arch = ''] = PLAIN.exec(line) ?? [];
  return name === undefined
    ? undefined
    : { name, epoch, version, release, arch, sourceRpm: '', modularityLabel: '' };
}
