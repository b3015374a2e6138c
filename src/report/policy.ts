import { printable } from '../util/printable.ts';

interface BuiltFileView {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly same: boolean;
}

interface TestView {
  readonly name: string;
  readonly at: string;
  readonly opa: boolean;
  readonly wasm: boolean;
}

/** @param written false on a dry run */
export function builtText(files: readonly BuiltFileView[], written: boolean): string {
  const other = written ? 'written' : 'would be written';
  const lines = files.map(
    ({ path, size, same }) => `${path}: ${size} bytes, ${same ? 'unchanged' : other}\n`,
  );
  const next = written && files.some((f) => !f.same) ? 'Commit policies/ as a whole.\n' : '';
  return lines.join('') + next;
}

export const builtJson = (files: readonly BuiltFileView[]): string =>
  `${JSON.stringify({ files }, null, 2)}\n`;

/** Every test that did not pass somewhere, then how many did where. */
export function policyTestText(tests: readonly TestView[]): string {
  const failing = tests.filter((t) => !t.opa || !t.wasm);
  const lines = failing.map(
    (t) =>
      `${printable(t.at)}: ${printable(t.name)} does not pass${t.opa ? ' in WebAssembly, though in OPA' : t.wasm ? ' in OPA' : ''}`,
  );
  const count = (where: 'opa' | 'wasm') => tests.filter((t) => t[where]).length;
  const sum =
    tests.length === 0
      ? 'no tests; write policies/<name>_test.rego'
      : `${tests.length} tests: ${count('opa')} pass in OPA, ${count('wasm')} in WebAssembly`;
  return [...lines, sum, ''].join('\n');
}

export const policyTestJson = (tests: readonly TestView[]): string =>
  `${JSON.stringify({ tests }, null, 2)}\n`;
