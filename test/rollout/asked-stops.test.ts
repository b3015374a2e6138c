import { describe, expect, it } from 'vitest';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import { type StopEntry, stopsToRecord } from '../../src/rollout/asked-stops.ts';
import { digest } from '../support/builders/evidence.ts';

const at = (minute: number) => `2024-10-24T12:0${minute}:00Z`;
const halt = (id: string, minute: number): StopEntry => ({
  ...{ apiVersion: 'patchwarden/v1', type: 'halt', time: at(minute), id: digest(id) },
  ...{ scope: { kind: 'all' }, reason: 'r', by: 'person:ola' },
});
const lift = (id: string, minute: number): StopEntry => ({
  ...{ apiVersion: 'patchwarden/v1', type: 'lift', time: at(minute), halt: digest(id) },
  ...{ reason: 'r', by: 'person:ola' },
});

describe('what persons asked for beside the log', () => {
  it.each<[string, readonly StopEntry[], readonly EvidenceEntry[], readonly StopEntry[]]>([
    ['is entered in the order of its times', [lift('1', 3), halt('1', 2)], [], [halt('1', 2), lift('1', 3)]],
    [
      'comes with the halt first at the same moment',
      [lift('1', 2), halt('1', 2)],
      [],
      [halt('1', 2), lift('1', 2)],
    ],
    ['is entered once', [halt('1', 2), halt('1', 2)], [halt('2', 1)], [halt('1', 2)]],
    ['is not entered again', [halt('1', 2)], [halt('1', 2)], []],
    ['does not bring back what was lifted', [halt('1', 2)], [halt('1', 2), lift('1', 3)], []],
    ['lifts a halt of the log', [lift('1', 3)], [halt('1', 2)], [lift('1', 3)]],
    ['lifts nothing twice', [lift('1', 4)], [halt('1', 2), lift('1', 3)], []],
    ['lifts nothing that is not halted', [lift('1', 3)], [], []],
  ])('%s', (_name, asked, entries, expected) => {
    expect(stopsToRecord(asked, entries)).toEqual(expected);
  });
});
