/** What the helper can be asked. @see src/helper/patchwarden_host.py */
export type HelperVerb =
  | 'status'
  | 'peek'
  | 'stage'
  | 'simulate'
  | 'sample'
  | 'begin'
  | 'receipt'
  | 'restore'
  | 'clean';

export interface HelperCall {
  readonly verb: HelperVerb;
  /** One JSON text, without line breaks. */
  readonly request: string;
  /** Bytes of a package, for `stage`. */
  readonly payload?: Uint8Array;
  /** Milliseconds until nobody waits for the answer any more. */
  readonly timeoutMs: number;
}

/** A way to run the helper on one host. It brings words there and bytes back, and understands neither. */
export interface HostChannel {
  /** `sha256:<hex>` of the helper that answers. */
  readonly helper: string;
  /** @throws PatchwardenError `host-failed` in a sentence that begins with the asset's name for the host */
  call(call: HelperCall): Promise<Uint8Array>;
}

/** Answers are short: a receipt has at most some hundred steps. */
export const MAX_ANSWER = 4 << 20;
