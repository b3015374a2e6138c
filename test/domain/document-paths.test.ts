import { describe, expect, it } from 'vitest';
import { type Slot, slotOf } from '../../src/contracts/repository-layout.ts';
import {
  baselinePath,
  calendarPath,
  exceptionPath,
  holdPath,
  lockPath,
  lockPathOf,
} from '../../src/domain/document-paths.ts';

describe('the path of a document', () => {
  it.each<[string, Slot]>([
    [baselinePath('a'), { kind: 'document', document: 'Baseline', id: 'a' }],
    [exceptionPath('a'), { kind: 'document', document: 'Exception', id: 'a' }],
    [calendarPath('a'), { kind: 'document', document: 'Calendar', id: 'a' }],
    [holdPath('a'), { kind: 'document', document: 'Hold', id: 'a' }],
    [lockPath('a', 'b'), { kind: 'document', document: 'PatchLock', id: 'b' }],
  ])('%s is where such documents are read', (path, slot) => expect(slotOf(path)).toEqual(slot));

  it.each([
    [lockPath('servers', 'prod'), { baseline: 'servers', ring: 'prod' }],
    ['locks/prod.lock.json', undefined],
    ['locks/a/b/c.lock.json', undefined],
    ['x/locks/a/b.lock.json', undefined],
    ['locks/a/b.json', undefined],
  ])('lockPathOf(%s)', (path, expected) => expect(lockPathOf(path)).toEqual(expected));
});
