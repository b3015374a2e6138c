import { everRecurs, recurrenceFault } from '../../domain/calendar/recurrence.ts';
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

function checkWindows(doc: Loaded<'Calendar'>): Problem[] {
  if (doc.value.windows.length === 0)
    return [
      at(doc, '/windows', 'ambiguous', 'the calendar has no window, so the hosts under it are never changed'),
    ];
  return doc.value.windows.flatMap((window, i) => {
    const where = `/windows/${i}/recurrence`;
    const fault = recurrenceFault(window.recurrence);
    if (fault !== null) return [at(doc, where, 'bad-date', fault)];
    if (everRecurs(window.recurrence)) return [];
    return [
      at(
        doc,
        where,
        'ambiguous',
        `the window ${quote(window.id)} never opens: ${quote(window.recurrence)} gives no day in twelve years`,
      ),
    ];
  });
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
