import { unreachable } from '../domain/errors.ts';
import { knownSchemeOf } from '../domain/version/scheme.ts';
import type { PackageSolver } from '../ports/package-solver.ts';

/** Asks the package manager that a stream has. */
export const solverByStream = (solvers: {
  readonly dpkg: PackageSolver;
  readonly rpm: PackageSolver;
}): PackageSolver => ({
  async solve(request) {
    const scheme = knownSchemeOf(request.stream);
    switch (scheme) {
      case 'dpkg':
      case 'rpm':
        return solvers[scheme].solve(request);
      case null:
        return { kind: 'unavailable', message: `no package manager is known for "${request.stream}"` };
      default:
        return unreachable(scheme);
    }
  },
});
