import type { Answer } from './answers.ts';
import type { Call } from './call.ts';

/**
 * 30 items a page unless asked for, 100 at most, and links to the other pages.
 * @see https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function page<T>(
  call: Call,
  items: readonly T[],
  render: (item: T) => unknown,
  wrap: (rendered: readonly unknown[]) => unknown = (rendered) => rendered,
): Answer {
  const asked = Number(call.query.get('per_page') ?? 30);
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 100) : 30;
  const current = Math.max(1, Number(call.query.get('page') ?? 1) || 1);
  const shift = current > 1 ? call.shift : 0;
  const last = Math.max(1, Math.ceil((items.length - shift) / size));
  const start = Math.max(0, (current - 1) * size + shift);
  const link = links(call.url, current, last);
  return {
    status: 200,
    body: wrap(items.slice(start, start + size).map(render)),
    headers: link ? { link } : {},
  };
}

function links(url: URL, current: number, last: number): string {
  const to = (number: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(number));
    return `<${target.href}>; rel="${rel}"`;
  };
  const back = current > 1 ? [to(current - 1, 'prev')] : [];
  const forth = current < last ? [to(current + 1, 'next'), to(last, 'last')] : [];
  return [...back, ...forth, ...(current > 1 ? [to(1, 'first')] : [])].join(', ');
}
