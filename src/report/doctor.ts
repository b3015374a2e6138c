import { areaOf, type DoctorArea, type DoctorCheck } from '../domain/doctor.ts';
import { printable } from '../util/printable.ts';

const TITLES: Readonly<Record<DoctorArea, string>> = {
  clone: 'The clone',
  signers: 'Keys and people',
  forge: 'The forge',
  clocks: 'Clocks',
  hosts: 'Hosts',
};

/** For programs: `{checks: [{area, code, level, sentence, remedy}]}`; `because` of an unknown one. */
export function doctorJson(checks: readonly DoctorCheck[]): string {
  const shown = checks.map(({ code, ...rest }) => ({ area: areaOf(code), code, ...rest }));
  return `${JSON.stringify({ checks: shown }, null, 2)}\n`;
}

/** For people: each area with its checks, remedies below what is wrong, and a line with the counts. */
export function doctorText(checks: readonly DoctorCheck[]): string {
  const areas = [...new Set(checks.map((c) => areaOf(c.code)))];
  const parts = areas.map((area) => {
    const lines = checks.filter((c) => areaOf(c.code) === area).flatMap(linesOf);
    return `${TITLES[area]}\n${lines.map((l) => `  ${l}\n`).join('')}`;
  });
  const count = (level: DoctorCheck['level']): number => checks.filter((c) => c.level === level).length;
  const sum = `${count('ok')} ok, ${count('warn')} warnings, ${count('fail')} failed, ${count('unknown')} unknown`;
  return `${[...parts, `${sum}\n`].join('\n')}`;
}

const linesOf = (check: DoctorCheck): readonly string[] => [
  `${check.level.padEnd(7)}  ${check.code}: ${printable(check.sentence)}`,
  ...(check.level === 'ok' ? [] : [`${' '.repeat(9)}→ ${printable(check.remedy)}`]),
];
