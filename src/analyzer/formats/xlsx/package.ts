import { posix } from 'node:path'
import { InvalidError } from '../../../lib/errors.ts'
import type { ForeignContent } from '../foreign-content.ts'
import { unsupportedFormat } from '../readable.ts'
import type { ZipEntry, ZipFile } from '../zip/zip.ts'
import { partText } from './encoding.ts'
import { xmlTags } from './xml.ts'

/** Workbooks with thousands of styles or names reach some ten megabytes in one of these parts. */
export const smallPartBytesMax = 64 * 1024 * 1024

/** What one part says about another. */
export interface Relationship {
  id: string
  /** The last word of the type: "worksheet", "chartsheet", "styles", … The rest depends on the OOXML dialect. */
  type: string
  /** Null: the archive does not have it, or it is outside. */
  entry: ZipEntry | null
}

/**
 * Finds the workbook part.
 * @throws InvalidError `unsupported_format` for other kinds of archive, saying which; `damaged_workbook`
 */
export async function findWorkbookPart(zip: ZipFile): Promise<ZipEntry> {
  const workbook = (await findMainPart(zip)) ?? zip.find('xl/workbook.xml')
  if (workbook !== null && /\.xml$/i.test(workbook.name) && !isOtherDocument(workbook.name)) return workbook
  const foreign = await foreignArchive(zip, workbook)
  if (foreign === null) {
    throw new InvalidError(
      'damaged_workbook',
      'The workbook lacks its main part, xl/workbook.xml. The file is damaged; fetch or save it again.',
    )
  }
  throw unsupportedFormat(foreign)
}

/** The part that the archive says is the document itself. */
export async function findMainPart(zip: ZipFile): Promise<ZipEntry | null> {
  const relationships = await readRelationships(zip, '')
  return relationships.find(({ type, entry }) => type === 'officeDocument' && entry !== null)?.entry ?? null
}

/** The relationships of a part, or of the whole archive for ''. None when there is no such list. */
export async function readRelationships(zip: ZipFile, partName: string): Promise<Relationship[]> {
  const folder = posix.dirname(partName)
  const list = zip.find(posix.join(folder, '_rels', `${posix.basename(partName)}.rels`))
  if (list === null) return []
  const relationships: Relationship[] = []
  for (const { name, attributes } of xmlTags(await readText(zip, list), list.name)) {
    if (name !== 'Relationship') continue
    relationships.push({
      id: attributes.get('Id') ?? '',
      type: (attributes.get('Type') ?? '').replace(/^.*\//, ''),
      entry: findTarget(zip, folder, attributes.get('Target') ?? ''),
    })
  }
  return relationships
}

/** @throws InvalidError as `ZipFile.read`, and `unknown_encoding` */
export async function readText(zip: ZipFile, entry: ZipEntry): Promise<string> {
  return partText(await zip.read(entry, { sizeBytesMax: smallPartBytesMax }), entry.name)
}

function findTarget(zip: ZipFile, folder: string, target: string): ZipEntry | null {
  const path = target.replaceAll('\\', '/')
  const full = path.startsWith('/') ? path : posix.join(folder, path)
  return zip.find(full) ?? zip.find(unescaped(full)) ?? null
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // A stray "%" is simply part of the name.
    return path
  }
}

function isOtherDocument(partName: string): boolean {
  return /(^|\/)(word|ppt|visio)\//i.test(partName)
}

/** What an archive is by its parts; null when it could have been a workbook. */
async function foreignArchive(zip: ZipFile, main: ZipEntry | null): Promise<ForeignContent | null> {
  const mimetype = zip.find('mimetype')
  if (mimetype !== null) return openDocument(zip, mimetype)
  if (main !== null && /word\//i.test(main.name)) return docx
  const known = knownParts.find(([part]) => zip.find(part) !== null)
  if (known !== undefined) return known[1]
  const isPackage = zip.find('[Content_Types].xml') !== null
  if (isPackage || zip.entries.some(({ name }) => /^xl\//i.test(name))) return null
  if (zip.entries.length === 0) return { name: 'an empty ZIP archive', advice: 'check what made it' }
  const names = zip.entries.slice(0, 3).map(({ name }) => name)
  const more = zip.entries.length > 3 ? ', …' : ''
  return {
    name: `a ZIP archive (with ${names.join(', ')}${more})`,
    advice: 'unpack it and send the table inside',
  }
}

const saveAgain = 'open it where it was made and save it as XLSX or CSV'
const askForTable = 'ask for the list as a table, or export it as one'
const docx: ForeignContent = { name: 'a Word document (DOCX)', advice: askForTable }
const knownParts: [string, ForeignContent][] = [
  ['word/document.xml', docx],
  ['ppt/presentation.xml', { name: 'a PowerPoint presentation (PPTX)', advice: askForTable }],
  ['visio/document.xml', { name: 'a Visio drawing (VSDX)', advice: askForTable }],
  ['Index/Document.iwa', { name: 'an Apple Numbers or Pages document', advice: saveAgain }],
  ['Index.zip', { name: 'an Apple Numbers or Pages document', advice: saveAgain }],
  ['AndroidManifest.xml', { name: 'an Android app (APK)', advice: askForTable }],
  ['META-INF/MANIFEST.MF', { name: 'a Java archive (JAR)', advice: askForTable }],
]

async function openDocument(zip: ZipFile, mimetype: ZipEntry): Promise<ForeignContent> {
  const type = (await zip.read(mimetype, { sizeBytesMax: 1024 })).toString('latin1').trim()
  if (type.startsWith('application/vnd.oasis.opendocument.spreadsheet')) {
    return { name: 'an OpenDocument spreadsheet (ODS)', advice: saveAgain }
  }
  if (type.startsWith('application/vnd.oasis.opendocument.text')) {
    return { name: 'an OpenDocument text (ODT)', advice: askForTable }
  }
  if (type === 'application/epub+zip') return { name: 'an e-book (EPUB)', advice: askForTable }
  return { name: `a document of the type ${type}`, advice: askForTable }
}
