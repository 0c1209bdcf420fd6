import { InvalidError } from '../../../lib/errors.ts'
import type { ZipEntry, ZipFile } from '../zip/zip.ts'
import { findWorkbookPart, readRelationships, readText } from './package.ts'
import { xmlTags } from './xml.ts'

export interface WorkbookSheet {
  name: string
  isHidden: boolean
  /** Null: the workbook names the sheet, and the archive does not have it. */
  entry: ZipEntry | null
}

/** What the main part of a workbook says. */
export interface Workbook {
  /** Worksheets in the order of their tabs; chart, dialog and macro sheets hold no cells to read. */
  sheets: WorkbookSheet[]
  is1904: boolean
  strings: ZipEntry | null
  styles: ZipEntry | null
}

/**
 * Reads the main part and its relationships, in the transitional and the strict dialect.
 * @throws InvalidError `unsupported_format`, `damaged_workbook`, `xml_doctype`
 */
export async function readWorkbook(zip: ZipFile): Promise<Workbook> {
  const part = await findWorkbookPart(zip)
  const relationships = await readRelationships(zip, part.name)
  const byId = new Map(relationships.map((relationship) => [relationship.id, relationship]))
  const ofType = (type: string) => relationships.find((relationship) => relationship.type === type)?.entry
  const sheets: WorkbookSheet[] = []
  let is1904 = false
  let isWorkbook = false
  let isInList = false
  for (const { kind, name, attributes } of xmlTags(await readText(zip, part), part.name)) {
    if (name === 'workbook') isWorkbook = true
    if (name === 'sheets') isInList = kind === 'open'
    if (kind === 'close') continue
    // Extensions at the end have an element of the same name, which says other things.
    if (name === 'workbookPr') is1904 ||= /^(1|true|on)$/i.test(attributes.get('date1904') ?? '')
    if (name !== 'sheet' || !isInList) continue
    const relationship = byId.get(attributes.get('id') ?? '')
    if (relationship !== undefined && relationship.type !== 'worksheet') continue
    sheets.push({
      name: attributes.get('name') ?? '',
      isHidden: /hidden$/i.test(attributes.get('state') ?? ''),
      entry: relationship?.entry ?? null,
    })
  }
  if (!isWorkbook) throw damaged(`The part ${part.name} is no workbook.`)
  refuseSharedParts(sheets)
  return {
    sheets,
    is1904,
    strings: ofType('sharedStrings') ?? null,
    styles: ofType('styles') ?? null,
  }
}

/** Thousands of sheets out of one part are a way to make a small file large. */
function refuseSharedParts(sheets: WorkbookSheet[]): void {
  const seen = new Set<ZipEntry>()
  for (const { name, entry } of sheets) {
    if (entry === null) continue
    if (seen.has(entry)) throw damaged(`Sheet "${name}" has the same part as another one, ${entry.name}.`)
    seen.add(entry)
  }
}

function damaged(what: string): InvalidError {
  return new InvalidError('damaged_workbook', `${what} Save the workbook again in Excel or LibreOffice.`)
}
