import { open } from 'node:fs/promises'
import { InvalidError } from '../../lib/errors.ts'
import type { FormatName } from '../../sources/model.ts'
import { openApart } from './apart/open.ts'
import { compoundFileNames } from './compound/compound-file.ts'
import { csv } from './csv.ts'
import { excelXml } from './excel-xml.ts'
import { compoundFileContent, foreignContent, isCompoundFile } from './foreign-content.ts'
import type { Format, OpenedFile, OpenOptions } from './format.ts'
import { htmlTables } from './html-tables.ts'
import { json } from './json.ts'
import { ndjson } from './ndjson.ts'
import { isOpenDocumentSheet, ods } from './ods.ts'
import { pdf } from './pdf.ts'
import { readableFormats, unsupportedFormat } from './readable.ts'
import { openWrapped, wrapperOf } from './wrapped.ts'
import { xls } from './xls.ts'
import { isBinaryWorkbook, xlsb } from './xlsb.ts'
import { xlsx } from './xlsx.ts'
import { xmlCatalog } from './xml-catalog.ts'
import { openZip } from './zip/zip.ts'

/** Every format that is read, in the order in which they are tried: nearly anything may look like CSV. */
export const formats: readonly Format[] = [
  ods,
  xlsb,
  xlsx,
  xls,
  pdf,
  ndjson,
  json,
  excelXml,
  htmlTables,
  xmlCatalog,
  csv,
]

/**
 * Opens a file, whatever its name says: the format is decided by the first 64 KiB of the content.
 *
 * A list that is packed in a ZIP archive or with gzip is unpacked first.
 *
 * @param options.unpackFolder where to, a path with nothing there that must be kept; it is deleted on `close`. Null or
 * left out: among the system's temporary files
 * @param options.format the name of the format where the caller knows it; the content is not asked then
 * @throws InvalidError `empty_file`; `unsupported_format` for content that is known but not read, saying what it is
 * and what to do; `encrypted_workbook`; `not_text` for anything else that is not text; and whatever the format's
 * own `open` throws; `other_format` when it is not the format that is expected
 */
export async function openFile(
  path: string,
  options: OpenOptions & { format?: string | null; unpackFolder?: string | null },
): Promise<OpenedFile> {
  const { format: pinned = null, unpackFolder = null } = options
  if (pinned !== null) return openAs(formatNamed(pinned), path, options)
  const kind = wrapperOf(path, await readHead(path))
  return kind === null
    ? openBare(path, options)
    : openWrapped(path, { kind, options, unpackFolder, openInner: openBare })
}

/** Opens a file that is not packed. */
async function openBare(path: string, options: OpenOptions): Promise<OpenedFile> {
  const head = await readHead(path)
  if (head.length === 0) {
    throw new InvalidError('empty_file', 'The file is empty. Check the export or the download that made it.')
  }
  const format = await formatOf(path, head)
  return openAs(expected(format, head, options.expectedFormat ?? null), path, options)
}

async function formatOf(path: string, head: Uint8Array): Promise<Format> {
  if (isCompoundFile(head)) return compoundFormat(path)
  const foreign = foreignContent(head)
  if (foreign !== null) throw unsupportedFormat(foreign)
  const format = formats.find((each) => each.detect(head))
  if (format === undefined) {
    throw new InvalidError(
      'not_text',
      `The file is neither text nor a workbook. ${readableFormats('and')} are read; check that the right file was sent.`,
    )
  }
  return format === xlsx ? await archiveFormat(path) : format
}

/**
 * What a file is read as whose source says its format. One text may look like several formats, and then the source
 * decides; but a web page is not a list with commas, whatever stands in it: it is what servers send instead of one.
 * @throws InvalidError `other_format`
 */
function expected(found: Format, head: Uint8Array, name: FormatName | null): Format {
  if (name === null || name === found.name) return found
  const meant = formatNamed(name)
  const isOpen = texts.includes(found) && !(found === htmlTables && meant === csv)
  if (isOpen && meant.detect(head)) return meant
  throw new InvalidError(
    'other_format',
    `The file is ${found.name}, and its lists are said to be ${name}. Check that the right file was sent, or say format=auto.`,
  )
}

const texts: readonly Format[] = [ndjson, json, excelXml, htmlTables, xmlCatalog, csv]

async function openAs(format: Format, path: string, options: OpenOptions): Promise<OpenedFile> {
  const { apart } = options.limits
  if (format.mayRunAway !== true || apart === undefined) return format.open(path, options)
  return openApart(path, { ...options, format: format.name }, apart)
}

/** Every archive looks like a workbook until its directory is read. */
async function archiveFormat(path: string): Promise<Format> {
  const zip = openZip(path)
  try {
    if (await isOpenDocumentSheet(zip)) return ods
    return (await isBinaryWorkbook(zip)) ? xlsb : xlsx
  } finally {
    zip.close()
  }
}

async function compoundFormat(path: string): Promise<Format> {
  const names = await compoundFileNames(path)
  if (names.some((name) => /^(work)?book$/i.test(name))) return xls
  const content = compoundFileContent(names)
  if (content !== null) throw unsupportedFormat(content)
  throw new InvalidError(
    'encrypted_workbook',
    'The workbook is protected with a password. Save it without one and send it again.',
  )
}

function formatNamed(name: string): Format {
  const found = formats.find((each) => each.name === name)
  if (found === undefined) throw new Error(`There is no format ${name}.`)
  return found
}

const headBytes = 64 * 1024

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const head = new Uint8Array(headBytes)
    const { bytesRead } = await file.read(head, 0, headBytes, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
