/**
 * Modules of rpm distributions: one package name, several streams side by side, of which a host follows one at most.
 * @see https://docs.fedoraproject.org/en-US/modularity/
 */

/** Where the release of a modular package names its module build: `.module_el8.6.0+2811+fe6c84b0`, `.module+el9.4.0+…`. */
export const MODULE_BUILD = '\\.module[_+](?:el|f)\\d.*$';
const BUILD = new RegExp(MODULE_BUILD);

/** `name:stream` of the rpm tag MODULARITYLABEL (`name:stream:version:context`); undefined for a package of no module. */
export function moduleStreamOf(label: string): string | undefined {
  return /^([A-Za-z0-9][\w.+-]*:[\w.+-]+)(?::|$)/.exec(label)?.[1];
}

/** True for a version that was built as part of a module. */
export const isModular = (version: string): boolean => BUILD.test(version);

/**
 * The version without the name of its module build. Streams are built once for each stream of the modules below them,
 * at the same time and from the same sources: the numbers in the name order nothing, and a fix raises what is before it.
 */
export const withoutModuleBuild = (version: string): string => version.replace(BUILD, '');

/** `name:stream` of an origin whose packages belong to a module; undefined for any other. @see rpmOrigin */
export function moduleOfOrigin(origin: string): string | undefined {
  const [, name, stream] = /^[^/]*\/([^/]+)\/([^/]+)$/.exec(origin) ?? [];
  return name === undefined ? undefined : `${name}:${stream}`;
}

/** A module stream as origins spell it. */
export const asInOrigins = (module: string): string => module.toLowerCase().replace(/[^a-z0-9._:-]+/g, '-');
