/** Trailers of the last paragraph. @see git-interpret-trailers(1) */
export function parseTrailers(message: string): readonly { readonly key: string; readonly value: string }[] {
  const last = message.trimEnd().split(/\n\n+/).slice(1).at(-1) ?? '';
  return last.split('\n').flatMap((line) => {
    const [, key, value] = /^([A-Za-z0-9-]+): (.*)$/.exec(line) ?? [];
    return key !== undefined && value !== undefined ? [{ key, value: value.trim() }] : [];
  });
}
