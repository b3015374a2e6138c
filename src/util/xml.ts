import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element: attributes begin with `@`, text is `#text`, every child is a list. */
export interface XmlElement {
  readonly [name: string]: string | readonly XmlElement[] | undefined;
}

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  alwaysCreateTextNode: true,
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
  processEntities: true,
  htmlEntities: false,
});

/**
 * Reads a piece of XML. Document types (and with them entities of the document's own) are refused, as are names that mean
 * something to objects.
 * @returns undefined when it is no well-formed XML, or refused
 */
export function parseXml(text: string): XmlElement | undefined {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text) || /<\/?(?:__proto__|constructor|prototype)\b/.test(text))
    return undefined;
  try {
    if (XMLValidator.validate(text) !== true) return undefined;
    return PARSER.parse(text) as XmlElement;
  } catch {
    return undefined;
  }
}

/** Child elements of a name; empty where there is none. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  const found = element?.[name];
  return typeof found === 'object' ? found : [];
}

/** The first child of a name. */
export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  childrenOf(element, name)[0];

/** Value of an attribute; empty where there is none. */
export function attributeOf(element: XmlElement | undefined, name: string): string {
  const found = element?.[`@${name}`];
  return typeof found === 'string' ? found : '';
}

/** Text of an element; empty where there is none. */
export function textOf(element: XmlElement | undefined): string {
  const found = element?.['#text'];
  return typeof found === 'string' ? found.trim() : '';
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text with the five characters that XML gives a meaning to written by name. */
export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (c) => NAMED[c] ?? c);
