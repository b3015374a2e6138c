import { describe, expect, it } from 'vitest';
import { isOurTitle, marked, markedDigest, replaceMarked } from '../../src/adapters/forge-hosted-text.ts';

const [A, B] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];

describe('our part of a text', () => {
  it('names the content and knows the title that was written with it', () => {
    const text = marked('Body.', A, 'Title');
    expect(markedDigest(text)).toBe(A);
    expect(isOurTitle(text, 'Title')).toBe(true);
    expect(isOurTitle(text, 'Another title')).toBe(false);
  });

  it('is found again between what people wrote, whatever ends their lines', () => {
    const text = `Before\n\n${marked('Old.', A, 'Old')}\n\nAfter`.replaceAll('\n', '\r\n');
    const next = replaceMarked(text, marked('New.', B, 'New'));
    expect(next).toBe(`Before\n\n${marked('New.', B, 'New')}\n\nAfter`);
    expect(isOurTitle(text, 'Old')).toBe(true);
  });

  it('stands before what people wrote where they took the mark away; then no title is known to be ours', () => {
    expect(markedDigest('Theirs.')).toBeUndefined();
    expect(isOurTitle('Theirs.', 'Title')).toBe(false);
    expect(replaceMarked('Theirs.', marked('New.', A, 'New'))).toBe(`${marked('New.', A, 'New')}\n\nTheirs.`);
  });
});
