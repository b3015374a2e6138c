/** A value, or the sentence that says why there is none. */
export type Checked<T> = { readonly value: T } | { readonly problem: string };

export const checked = <T>(value: T): Checked<T> => ({ value });
export const problem = (text: string): { readonly problem: string } => ({ problem: text });
