import { ecosystemOfReleasePackages } from '../../domain/releases.ts';
import { mainArch } from '../host-root.ts';
import { type Observation, observation, unknownReasonOf } from '../observation.ts';
import { parseRpmQa, RPM_QA_FORMAT } from '../rpm-qa.ts';

/**
 * The rpm host or image of an `rpm -qa` list; null when no line is a package. Its stream is told by the package that
 * carries the release.
 */
export function readRpmList(text: string, label: string): Observation | null {
  const { components, problems } = parseRpmQa(text, { label });
  if (components.length === 0) return null;
  const ecosystem = ecosystemOfReleasePackages(components);
  const stream = ecosystem === null ? null : `${ecosystem}:${mainArch(components) ?? 'unknown'}`;
  const plain = components.every((c) => c.sourcePackage === null);
  return observation('rpm-list', {
    stream,
    components,
    unknown: unknownReasonOf(stream, components),
    problems,
    notes: plain
      ? [
          `${label} tells neither source packages nor module streams; this does: rpm -qa --queryformat '${RPM_QA_FORMAT}'`,
        ]
      : [],
  });
}
