import { expect, it } from 'vitest';
import type { StateStore } from '../../src/ports/state-store.ts';

export interface StateStoreUnderTest {
  readonly store: StateStore;
  /** Leaves a file as a killed process would. */
  readonly leave: (name: string, text: string) => void;
}

export function stateStoreConformance(make: () => StateStoreUnderTest): void {
  it('reads what was written last, and nothing before', async () => {
    const { store } = make();
    expect(await store.read('fleet/manifest.json')).toBeUndefined();
    await store.write('fleet/manifest.json', 'one\n');
    await store.write('fleet/manifest.json', 'zwölf\n');
    expect(await store.read('fleet/manifest.json')).toBe('zwölf\n');
  });

  it('appends whole lines, in order', async () => {
    const { store } = make();
    await store.appendLine('journal/web-01.jsonl', '{"a":1}');
    await store.appendLine('journal/web-01.jsonl', '');
    await store.appendLine('journal/web-01.jsonl', '{"b":"ü"}');
    expect(await store.read('journal/web-01.jsonl')).toBe('{"a":1}\n\n{"b":"ü"}\n');
  });

  it.each([
    ['{"a":1}\n{"to', '{"a":1}\n'],
    ['{"to', ''],
    [`{"a":1}\n${'x'.repeat(200_000)}`, '{"a":1}\n'],
    [`${'y'.repeat(200_000)}\n`, `${'y'.repeat(200_000)}\n`],
  ])('cuts a torn last line off before it appends', async (left, kept) => {
    const { store, leave } = make();
    leave('journal.jsonl', left);
    await store.appendLine('journal.jsonl', '{"b":2}');
    expect(await store.read('journal.jsonl')).toBe(`${kept}{"b":2}\n`);
  });

  it('refuses a line that is two', async () => {
    const { store } = make();
    await expect(store.appendLine('j', 'a\nb')).rejects.toMatchObject({ code: 'store-failed' });
    await expect(store.appendLine('j', 'a\rb')).rejects.toMatchObject({ code: 'store-failed' });
    expect(await store.read('j')).toBeUndefined();
  });

  it('removes a file, and one that is not there', async () => {
    const { store } = make();
    await store.write('a/b', 'x');
    await store.write('a/c', 'y');
    await store.remove('a/b');
    await store.remove('a/b');
    await store.remove('z/none');
    expect([await store.read('a/b'), await store.list('')]).toEqual([undefined, ['a/c']]);
  });

  it('lists by prefix, sorted', async () => {
    const { store } = make();
    for (const name of ['b', 'a/2', 'a/10', 'ab/x', 'a/n/deep']) await store.write(name, name);
    expect(await store.list('')).toEqual(['a/10', 'a/2', 'a/n/deep', 'ab/x', 'b']);
    expect(await store.list('a/')).toEqual(['a/10', 'a/2', 'a/n/deep']);
    expect(await store.list('zzz/')).toEqual([]);
  });

  it.each([
    '',
    '..',
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    '.hidden',
    'a/.x',
    'a b',
    'a\0',
    'a\\b',
    'x'.repeat(256),
  ])('%j is no name', async (name) => {
    const { store } = make();
    const actions = [
      () => store.read(name),
      () => store.write(name, 'x'),
      () => store.remove(name),
      () => store.appendLine(name, 'x'),
      () => store.path(name),
    ];
    for (const action of actions)
      await expect((async () => action())()).rejects.toMatchObject({ code: 'store-failed' });
  });
}
