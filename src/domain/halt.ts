/** What a halt forbids. `ring: null` is every ring of the baseline. */
export type HaltScope =
  | {
      readonly kind: 'package';
      readonly stream: string;
      readonly package: string;
      readonly version: string;
    }
  | { readonly kind: 'ring'; readonly baseline: string; readonly ring: string | null }
  | { readonly kind: 'all' };

/** As `stop` takes it and messages show it: `all`, `<baseline>`, `<baseline>/<ring>`, `<stream>/<package>=<version>`. */
export function formatHaltScope(scope: HaltScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all';
    case 'ring':
      return scope.ring === null ? scope.baseline : `${scope.baseline}/${scope.ring}`;
    case 'package':
      return `${scope.stream}/${scope.package}=${scope.version}`;
    default:
      return scope satisfies never;
  }
}
