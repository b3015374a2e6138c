import { describe, expect, it } from 'vitest';
import { terminalProgress } from '../../src/adapters/progress-stderr.ts';

function on(stream: { readonly isTTY?: boolean; readonly columns?: number }) {
  const written: string[] = [];
  const progress = terminalProgress({ ...stream, write: (text) => written.push(text) });
  return { progress, written };
}

describe('progress', () => {
  it('is one line of a terminal, no longer than it is wide, without what would move the cursor', () => {
    const { progress, written } = on({ isTTY: true, columns: 10 });
    progress.show('1 of 2');
    progress.show('\u001b[2J2 of 2 hosts');
    progress.clear();
    expect(written).toEqual(['\r\u001b[K1 of 2', '\r\u001b[K\\u{1b}[2J', '\r\u001b[K']);
  });

  it('is nothing in a file or pipe', () => {
    const { progress, written } = on({});
    progress.show('1 of 2');
    progress.clear();
    expect(written).toEqual([]);
  });
});
