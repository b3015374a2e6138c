import MarkdownIt from 'markdown-it';

/** CommonMark with tables, strikethrough and autolinks; raw HTML stays, so that nothing protects but what wrote the text. */
export const markdown = new MarkdownIt({ html: true, linkify: true });

/**
 * What a forge makes of rendered text outside of code and links, by class. Each is wider than what GitHub does.
 * @see https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
 * @see https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax
 */
export const FORGE: Readonly<Record<string, RegExp>> = {
  mention: /@[a-z0-9]/i,
  issue: /#\d|\bGH-\d|(?:^|\s)!\d/i,
  commit: /\b[0-9a-f]{7,64}\b/i,
  link: /https?:\/\/|\bwww\.[a-z0-9]|\b(?:mailto|xmpp|ftp|javascript|data):\S/i,
  note: /\[\^|\^\[|^\s*\[[ x]\]\s/i,
  sign: /:[a-z+-][\w+-]*:|:100:|\$[^$\s][^$]*\$/i,
};

/** Characters that hide or move text, in code as well. */
export const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

interface Token {
  readonly type: string;
  readonly tag: string;
  readonly attrs: readonly (readonly [string, string])[] | null;
  readonly nesting: number;
  readonly content: string;
  readonly children: readonly Token[] | null;
}

export interface Rendered {
  /** The elements, without any text. */
  readonly shape: string;
  /** What a forge would make of the text. */
  readonly found: readonly string[];
}

/** Elements and text of a Markdown text, without a browser. */
export function renderTokens(body: string): Rendered {
  const shape: string[] = [];
  const found = new Set<string>();
  let run = '';
  const look = (): void => {
    for (const [kind, pattern] of Object.entries(FORGE)) if (pattern.test(run)) found.add(kind);
    run = '';
  };
  const visit = (token: Token): void => {
    if (HIDDEN.test(token.content.replaceAll('\n', ''))) found.add('hidden');
    if (token.type === 'text') {
      run += token.content;
      return;
    }
    if (token.type === 'softbreak') run += '\n';
    else look();
    // Text between the tags of code is no element.
    const raw = token.type.startsWith('html_') ? token.content.replace(/<code>[^<]*<\/code>/g, '<code>') : '';
    const named = token.type.startsWith('link') ? '' : (token.attrs ?? []).join(';');
    if (token.type !== 'inline') shape.push(`${token.type} ${token.nesting} ${named} ${raw}`);
    for (const child of token.children ?? []) visit(child);
    look();
  };
  for (const token of markdown.parse(body, {}) as readonly Token[]) visit(token);
  return { shape: shape.join('\n'), found: [...found].sort() };
}
