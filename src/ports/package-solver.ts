import type { Component } from '../domain/component.ts';

/** A question to a real package manager about one component set. */
export interface SolveRequest {
  readonly stream: string;
  /** The dpkg status text of the component set; null where the source did not have one. */
  readonly status: string | null;
  readonly components: readonly Component[];
  /** `Packages` stanzas that may be used, the candidates and their possible dependencies. */
  readonly packages: string;
  readonly wanted: readonly { readonly name: string; readonly arch: string; readonly version: string }[];
}

export type SolveAnswer =
  | {
      readonly kind: 'solved';
      readonly installs: readonly {
        readonly name: string;
        readonly arch: string;
        readonly version: string;
      }[];
      readonly removes: readonly string[];
    }
  | { readonly kind: 'unsolvable'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** Asks a real solver (apt); we write none ourselves. */
export interface PackageSolver {
  solve(request: SolveRequest): Promise<SolveAnswer>;
}
