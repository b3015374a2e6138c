import { addDays } from '../../domain/time.ts';
import { quote } from '../../util/printable.ts';
import { at, type Loaded, type LoadedTree, ofKind } from '../loaded.ts';
import type { Problem } from '../problem.ts';

/** An exception is a risk accepted for a time, and never for longer than a leap year. */
const MAX_EXCEPTION_DAYS = 366;

/** Days, zones and recurrences that are well formed and still impossible. */
export function checkTimes(tree: LoadedTree): Problem[] {
  return [
    ...ofKind(tree, 'Exception').flatMap(checkValidity),
    ...ofKind(tree, 'Calendar').flatMap((doc) => [
      ...checkZone(doc),
      ...checkWindows(doc),
      ...checkFreezes(doc),
    ]),
  ];
}

function checkValidity(doc: Loaded<'Exception'>): Problem[] {
  const { validFrom, validUntil } = doc.value;
  if (validUntil < validFrom)
    return [
      at(
        doc,
        '/validUntil',
        'bad-date',
        `"validUntil" ${validUntil} lies before "validFrom" ${validFrom}; swap or correct them`,
      ),
    ];
  const latest = addDays(validFrom, MAX_EXCEPTION_DAYS);
  return validUntil > latest
    ? [
        at(
          doc,
          '/validUntil',
          'bad-date',
          `the exception would hold for more than ${MAX_EXCEPTION_DAYS} days; end it by ${latest} and renew it when it is still needed`,
        ),
      ]
    : [];
}

function checkZone(doc: Loaded<'Calendar'>): Problem[] {
  return isZone(doc.value.zone)
    ? []
    : [
        at(
          doc,
          '/zone',
          'bad-zone',
          `${quote(doc.value.zone)} is no time zone of the IANA database; write one such as Europe/Berlin or UTC`,
        ),
      ];
}

/** Offsets such as +01:00 are refused although newer runtimes know them: they have no summer time. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'];
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: new RegExp(`^(${FREQUENCIES.join('|')})$`),
  INTERVAL: /^[1-9]\d{0,2}$/,
  BYMONTH: /^(1[0-2]|[1-9])(,(1[0-2]|[1-9]))*$/,
  BYMONTHDAY: /^-?([12]\d|3[01]|[1-9])(,-?([12]\d|3[01]|[1-9]))*$/,
  BYDAY: /^([+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU))(,[+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYSETPOS: /^-?[1-9]\d{0,2}(,-?[1-9]\d{0,2})*$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
};

function checkWindows(doc: Loaded<'Calendar'>): Problem[] {
  return doc.value.windows.flatMap((window, i) => {
    const fault = recurrenceFault(window.recurrence);
    return fault ? [at(doc, `/windows/${i}/recurrence`, 'bad-date', fault)] : [];
  });
}

/** The parts of RFC 5545 section 3.3.10 that make sense for days; no COUNT and UNTIL: a calendar has no start. */
function recurrenceFault(rule: string): string | undefined {
  const seen = new Set<string>();
  for (const part of rule.split(';')) {
    const [name = '', value = ''] = part.split('=');
    const grammar = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!grammar)
      return `the recurrence has the part ${quote(name)}; known are ${Object.keys(PARTS).join(', ')}`;
    if (seen.has(name)) return `the recurrence has ${name} twice; keep one`;
    if (!grammar.test(value))
      return `the recurrence has ${name}=${quote(value)}, which cannot be; see RFC 5545, for example FREQ=MONTHLY;BYDAY=2TU`;
    seen.add(name);
  }
  return seen.has('FREQ') ? undefined : `the recurrence needs FREQ, one of ${FREQUENCIES.join(', ')}`;
}

function checkFreezes(doc: Loaded<'Calendar'>): Problem[] {
  return (doc.value.freezes ?? []).flatMap((freeze, i) =>
    freeze.until < freeze.from
      ? [
          at(
            doc,
            `/freezes/${i}/until`,
            'bad-date',
            `"until" ${freeze.until} lies before "from" ${freeze.from}; swap or correct them`,
          ),
        ]
      : [],
  );
}
