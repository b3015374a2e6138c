import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORGE, markdown } from '../support/forge-markdown.ts';
import { ALL_PAYLOADS, PAYLOADS } from '../support/injection-payloads.ts';
import { HARMLESS, untrustedDocuments, withoutEscaping } from '../support/untrusted-documents.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const required = process.env.PATCHWARDEN_REAL === 'required';
const name =
  CHROMIUM || required
    ? 'untrusted text in Chromium'
    : 'untrusted text in Chromium (skipped: no chromium here)';

interface Seen {
  /** Elements of each article with their attributes, and no text. */
  readonly shapes: readonly string[];
  /** What a forge would make of the text of each article, by class. */
  readonly found: readonly (readonly string[])[];
  /** A script of somebody else ran. */
  readonly hit: boolean;
}

/** Runs in the page, which knows types that no program of ours does. */
const LOOK = `(forge) => {
  const shape = (node) => {
    const attributes = [...node.attributes].map((a) => a.name + '=' + a.value).join(' ');
    return '<' + node.tagName + ' ' + attributes + '>' + [...node.children].map(shape).join('') + '</>';
  };
  const texts = (node) =>
    node.nodeType === 3
      ? node.textContent
      : ['CODE', 'PRE', 'A', 'STYLE', 'SCRIPT'].includes(node.nodeName)
        ? '\\n'
        : [...node.childNodes].map(texts).join('');
  const articles = [...document.body.children];
  return {
    shapes: articles.map(shape),
    found: articles.map((article) =>
      forge.flatMap(([kind, source, flags]) => (new RegExp(source, flags).test(texts(article)) ? [kind] : [])),
    ),
    hit: 'hit' in window,
  };
}`;

describe.skipIf(!CHROMIUM && !required)(name, () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM ?? 'chromium', args: ['--no-sandbox'] });
    page = await openPage();
  });
  afterAll(() => browser?.close());

  const openPage = async (): Promise<Page> => {
    const opened = await browser.newPage();
    await opened.route('**', (route) => {
      requests.push(route.request().url());
      return route.abort();
    });
    return opened;
  };

  /** Each body is parsed by the browser as a document of its own would be, scripts and all. */
  const show = async (bodies: readonly string[]): Promise<Seen> => {
    const articles = bodies.map((body) => `<article>${markdown.render(body)}</article>`);
    await page.setContent(`<!doctype html><meta charset=utf-8><body>${articles.join('')}`, {
      waitUntil: 'load',
    });
    const patterns = Object.entries(FORGE).map(([kind, p]) => [kind, p.source, p.flags] as const);
    return page.evaluate<Seen>(`(${LOOK})(${JSON.stringify(patterns)})`);
  };

  it('no payload makes an element, a request, a mention or a link, in any field of any kind', async () => {
    const harmless = await Promise.all(
      HARMLESS.map(async (text) => untrustedDocuments(() => text).map((d) => d.body)),
    );
    const wanted: string[][] = [];
    for (const bodies of harmless) wanted.push([...(await show(bodies)).shapes]);
    const kinds = harmless[0]?.length ?? 0;
    expect(wanted.map((w) => w.length)).toEqual([kinds, kinds]);
    requests.length = 0;
    for (let at = 0; at < ALL_PAYLOADS.length; at += 40) {
      const payloads = ALL_PAYLOADS.slice(at, at + 40);
      const seen = await show(payloads.flatMap((p) => untrustedDocuments(() => p).map((d) => d.body)));
      expect(seen.shapes).toHaveLength(payloads.length * kinds);
      expect(seen.hit).toBe(false);
      const wrong = payloads.filter((_, p) =>
        Array.from({ length: kinds }, (_x, k) => p * kinds + k).some(
          (i) => (seen.found[i]?.length ?? 1) > 0 || !wanted.some((w) => w[i % kinds] === seen.shapes[i]),
        ),
      );
      expect(wrong).toEqual([]);
    }
    expect(requests).toEqual([]);
  });

  describe('with escaping off the same look catches', () => {
    // What moves text or cursors makes no element; the fast suite looks for its characters.
    const seen = Object.entries(PAYLOADS).filter(([kind]) => !['csv', 'hidden', 'terminal'].includes(kind));
    it.each(seen)('%s', async (_class, payloads) => {
      const [plain] = (await show([withoutEscaping('harmless words')])).shapes;
      let caught = 0;
      for (const payload of payloads) {
        // A page that is led elsewhere cannot be looked at, and is no use any more.
        const wild = await show([withoutEscaping(payload)]).catch(async () => {
          await page.close();
          page = await openPage();
          return null;
        });
        const same = wild?.shapes.length === 1 && wild.shapes[0] === plain;
        if (!same || wild.found.flat().length > 0) caught += 1;
      }
      expect(caught / payloads.length).toBeGreaterThanOrEqual(0.4);
    });

    it('a script and a request', async () => {
      requests.length = 0;
      const wild = await show([
        withoutEscaping('<script>window.hit=1</script><img src=http://evil.example/p.png>'),
      ]);
      expect(wild.hit).toBe(true);
      await expect.poll(() => requests).toContain('http://evil.example/p.png');
    });
  });
});
