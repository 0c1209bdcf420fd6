import { InvalidError } from '../../../lib/errors.ts'
import { decodeEntities } from './text.ts'

/** One tag of an XML document. Text between tags does not matter to the parts that are read this way. */
export interface XmlTag {
  kind: 'open' | 'close' | 'empty'
  /** Without its prefix: writers choose their own. */
  name: string
  /** Keys without prefix too ("r:id" is "id"), values decoded. Empty for a closing tag. */
  attributes: ReadonlyMap<string, string>
}

/**
 * The tags of a small part, in order. Comments, declarations and CDATA are stepped over. Big parts (sheets,
 * shared strings) have their own scanners: this one costs some ten times more.
 * @throws InvalidError `xml_doctype`, `damaged_workbook`
 */
export function* xmlTags(text: string, partName: string): Generator<XmlTag> {
  let at = text.indexOf('<')
  while (at >= 0) {
    const next = text[at + 1]
    if (next === '!' || next === '?') {
      at = skipDeclaration(text, at, partName)
    } else {
      tagPattern.lastIndex = at
      const tag = tagPattern.exec(text)
      if (tag === null) throw damagedPart(partName)
      const [whole, slash, name, attributes, empty] = tag
      const kind = slash === '/' ? 'close' : empty === '/' ? 'empty' : 'open'
      yield { kind, name: localName(name!), attributes: readAttributes(attributes!) }
      at += whole.length
    }
    at = text.indexOf('<', at)
  }
}

/** What a part says that declares its own entities; they could name files or grow without end. */
export function doctypeError(partName: string): InvalidError {
  return new InvalidError(
    'xml_doctype',
    `The part ${partName} holds a document type declaration, which no spreadsheet program writes. The file is refused.`,
  )
}

export function damagedPart(partName: string): InvalidError {
  return new InvalidError(
    'damaged_workbook',
    `The part ${partName} is not well-formed XML. The file is damaged; fetch or save it again.`,
  )
}

const tagPattern = /<(\/?)([^\s<>/="']+)((?:\s+[^\s<>/="']+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/y
const attributePattern = /([^\s<>/="']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

function skipDeclaration(text: string, at: number, partName: string): number {
  const [start, stop] = text.startsWith('<!--', at)
    ? ['<!--', '-->']
    : text.startsWith('<![CDATA[', at)
      ? ['<![CDATA[', ']]>']
      : ['<?', '?>']
  if (!text.startsWith(start, at)) throw doctypeError(partName)
  const end = text.indexOf(stop, at + start.length)
  if (end < 0) throw damagedPart(partName)
  return end + stop.length
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name, double, single] of text.matchAll(attributePattern)) {
    // Namespace declarations would hide attributes of the same local name.
    if (!name!.startsWith('xmlns')) attributes.set(localName(name!), decodeEntities(double ?? single ?? ''))
  }
  return attributes
}
