import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { UnreadableFile } from './problem.ts';

/** An element: its attributes and children by name, namespace prefixes taken off. A leaf without attributes is its text. */
export type XmlNode = string | XmlElement | undefined;
export interface XmlElement {
  readonly [name: string]: XmlNode | readonly XmlNode[];
}

/** Characters. A parsed document takes some thirty times as much memory; a statement with 100,000 entries has 30 million. */
export const MAX_XML = 64 * 1024 * 1024;
const DEEPEST = 40;

/** Amounts stay text. Entities of a document type are refused unread: ISO 20022 has none, and they reach outside or explode. */
export function parseXml(text: string): XmlElement {
  if (text.length > MAX_XML)
    throw new UnreadableFile('too-large', `more than ${MAX_XML} characters of XML; split the file by statement`);
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    throw new UnreadableFile(
      'malformed-xml',
      'the file has a document type definition, which no statement needs; it is not read',
    );
  const valid = XMLValidator.validate(text);
  if (valid !== true)
    throw new UnreadableFile('malformed-xml', `the XML is broken at line ${valid.err.line}: ${valid.err.msg}`, {
      line: valid.err.line,
    });
  try {
    return PARSER.parse(text) as XmlElement;
  } catch (error) {
    throw new UnreadableFile('malformed-xml', `the XML cannot be read: ${(error as Error).message}`);
  }
}

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  processEntities: false,
  cdataPropName: '#cdata',
  maxNestedTags: DEEPEST,
  jPath: false,
});

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Each once: `&amp;lt;` is the text `&lt;`. */
function withoutEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name: string | undefined) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Children of that name, none, one or many. */
export function all(node: XmlNode, name: string): readonly XmlNode[] {
  if (node === undefined || typeof node === 'string') return [];
  const child = node[name];
  return child === undefined ? [] : Array.isArray(child) ? (child as readonly XmlNode[]) : [child as XmlNode];
}

/** The first one down that path. */
export function at(node: XmlNode, ...path: readonly string[]): XmlNode {
  return path.reduce<XmlNode>((parent, name) => all(parent, name)[0], node);
}

/** Its text, trimmed; null when it is not there or empty. */
export function textAt(node: XmlNode, ...path: readonly string[]): string | null {
  const found = at(node, ...path);
  const text = typeof found === 'object' ? contentOf(found) : found === undefined ? '' : withoutEntities(found);
  return text.trim() || null;
}

const contentOf = (element: XmlElement): string =>
  withoutEntities(all(element, '#').map(String).join('')) + all(element, '#cdata').map(String).join('');
