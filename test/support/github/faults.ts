/** What goes wrong with one request. Whatever is dropped reaches the client as a lost connection. */
export type Fault =
  | 'none'
  /** Nothing is done. */
  | { readonly before: Response | 'drop' }
  /** The work is done, the answer is another one. */
  | { readonly after: Response | 'drop' }
  /** A read is answered from the state of so many changes ago; needs `history`. */
  | { readonly stale: number }
  /** Pages after the first start so many items later (something went meanwhile) or earlier (something came). */
  | { readonly shift: number };

export type FaultHook = (request: Request, index: number) => Fault;

/** The body GitHub's own front sends when what is behind it doesn't answer, with this status. */
export function unavailable(status: number): Response {
  return Response.json({ message: 'Server Error' }, { status });
}

/** As `fetch` tells of it. */
export function dropped(): TypeError {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  });
}
