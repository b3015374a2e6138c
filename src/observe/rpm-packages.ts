import type { Component } from '../domain/component.ts';
import { moduleStreamOf } from '../domain/rpm-module.ts';
import { isRpmVersion } from '../domain/version/rpm.ts';
import { quote } from '../util/printable.ts';

/** One installed rpm in the words of its tags. Empty texts and `(none)` are what is not told. */
export interface RpmTags {
  readonly name: string;
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
  /** Name of the source package's file: `bash-5.1.8-6.el9.src.rpm`. */
  readonly sourceRpm: string;
  /** `name:stream:version:context` of the module. */
  readonly modularityLabel: string;
}

const NAME = /^[A-Za-z0-9_][\w.+-]{0,254}$/;
const ARCH = /^[a-z0-9_]{0,32}$/;
const SOURCE = /^(.+)-([^-]+)-([^-]+)\.(?:no)?src\.rpm$/;

/** True for the keys that rpm keeps among the packages: nothing is installed by them. */
export const isKey = (name: string): boolean => name === 'gpg-pubkey';

/** `[epoch:]version-release`; an epoch of 0 is not written. */
export function evr(epoch: string, version: string, release: string): string {
  const e = told(epoch).replace(/^0+/, '');
  return `${e === '' ? '' : `${e}:`}${version}${told(release) === '' ? '' : `-${release}`}`;
}

/** A sentence for tags that cannot be those of a package; null where they can. */
export function damageOf(tags: RpmTags): string | null {
  const { name, epoch, version, release } = tags;
  if (!NAME.test(name)) return `${quote(name)} is no package name`;
  if (!/^\d{0,10}$/.test(told(epoch))) return `${name} has no usable epoch (${quote(epoch)})`;
  if (
    told(version) === '' ||
    /[-:]/.test(version) ||
    /[-:]/.test(release) ||
    !isRpmVersion(evr(epoch, version, release))
  )
    return `${name} has no usable version (${quote(evr(epoch, version, release))})`;
  return ARCH.test(told(tags.arch)) ? null : `${name} has no usable architecture (${quote(tags.arch)})`;
}

/**
 * Components of undamaged tags, each once. An rpm names its source package by file, and files have no epoch: it is that
 * of a package with the version and release of its source, since a source gives its epoch to all that is built from it.
 */
export function rpmComponents(list: readonly RpmTags[]): readonly Component[] {
  const epochs = new Map<string, string>();
  for (const tags of list) {
    const [, , version, release] = SOURCE.exec(tags.sourceRpm) ?? [];
    if (version === tags.version && release === tags.release) epochs.set(tags.sourceRpm, tags.epoch);
  }
  const components = new Map<string, Component>();
  for (const tags of list) {
    const [, sourcePackage, version = '', release = ''] = SOURCE.exec(tags.sourceRpm) ?? [];
    const module = moduleStreamOf(told(tags.modularityLabel));
    const component: Component = {
      name: tags.name,
      version: evr(tags.epoch, tags.version, tags.release),
      arch: told(tags.arch),
      sourcePackage: sourcePackage ?? null,
      sourceVersion:
        sourcePackage === undefined ? null : evr(epochs.get(tags.sourceRpm) ?? tags.epoch, version, release),
      held: false,
      state: 'installed',
      ...(module === undefined ? {} : { module }),
    };
    components.set(`${component.name} ${component.version} ${component.arch}`, component);
  }
  return [...components.values()];
}

const told = (text: string): string => (text === '(none)' ? '' : text);
