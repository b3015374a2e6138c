import { namesBinaries } from '../../domain/advisory-names.ts';
import type { Component } from '../../domain/component.ts';

/** A package under the name and version that advisories use. */
export interface AdvisorySource {
  readonly name: string;
  readonly version: string;
  /** `name:stream` of the module it belongs to; absent where it belongs to none or that is not known. */
  readonly module?: string;
  /** It was built by another distribution than the one whose advisories judge it. */
  readonly foreign?: boolean;
}

/** What advisories of a stream, or of `distribution:release`, call a component; null where its source is not known but needed. */
export function advisorySubject(
  stream: string,
  component: Pick<Component, 'name' | 'version' | 'sourcePackage' | 'sourceVersion' | 'module'>,
): AdvisorySource | null {
  const module = component.module === undefined ? {} : { module: component.module };
  if (namesBinaries(stream)) return { name: component.name, version: component.version, ...module };
  if (component.sourcePackage === null || component.sourceVersion === null) return null;
  return { ...advisorySource(component.sourcePackage, component.sourceVersion), ...module };
}

const DEBIAN_SIGNED =
  /^linux-signed((?:-\d[\d.]*)?)-(?:amd64|arm64|armhf|i386|loong64|ppc64el|riscv64|s390x)$/;
const UBUNTU_SIGNED = /^linux-signed((?:-[a-z0-9.-]+)?)$/;

/**
 * Signed kernels are built from a source package of their own, while advisories name the kernel's:
 * Debian's linux-signed-amd64 6.1.90+1 is linux 6.1.90-1 (the first hyphen became a plus, because a native
 * package has none), Ubuntu's linux-signed-aws 6.14.0-1012.12 is linux-aws of the same version.
 * @see https://wiki.debian.org/SecureBoot#Secure_Boot_Signing_Service_for_Debian
 */
export function advisorySource(sourcePackage: string, sourceVersion: string): AdvisorySource {
  const debian = DEBIAN_SIGNED.exec(sourcePackage);
  if (debian)
    return {
      name: `linux${debian[1] ?? ''}`,
      version: sourceVersion.includes('-') ? sourceVersion : sourceVersion.replace('+', '-'),
    };
  const ubuntu = UBUNTU_SIGNED.exec(sourcePackage);
  return ubuntu
    ? { name: `linux${ubuntu[1] ?? ''}`, version: sourceVersion }
    : { name: sourcePackage, version: sourceVersion };
}
