import type { WrapperKind, Wrapping } from '../../imports/model.ts'
import { InvalidError } from '../../lib/errors.ts'
import type { OpenedFile, OpenOptions, RecordTaker, Sheet } from './format.ts'
import { privateFolder } from './wrapped/private-folder.ts'
import { type UnpackedPart, unpack } from './wrapped/unpack.ts'

export { wrapperOf } from './wrapped/wrapper.ts'

interface WrappedOptions {
  kind: WrapperKind
  options: OpenOptions
  /** Where the files are unpacked to, which is deleted on `close`; null: among the system's temporary files. */
  unpackFolder: string | null
  openInner: (path: string, options: OpenOptions) => Promise<OpenedFile>
}

interface OpenedPart extends UnpackedPart {
  file: OpenedFile
}

const sheetsMax = 1000
/** A file that is none of a list, where another one is; anything else that is wrong with a file concerns them all. */
const foreignCodes = new Set(['unsupported_format', 'not_text', 'empty_file', 'no_list', 'pdf_without_text'])

/**
 * Opens a list that is packed in an archive, or several: then their sheets are those of one file, with the names of
 * the archive's files before theirs. Everything is unpacked before anything is read, so that a damaged archive gives
 * no row; most formats need more than one look as well.
 * @throws InvalidError as `unpack`; `no_list_in_archive`; and what `openInner` throws, naming the file
 */
export async function openWrapped(path: string, wrapped: WrappedOptions): Promise<OpenedFile> {
  const { kind, options } = wrapped
  const folder = privateFolder(wrapped.unpackFolder)
  const opened: OpenedPart[] = []
  const close = () => {
    for (const { file } of opened) file.close()
    folder.remove()
  }
  try {
    const { unpackedBytesMax } = options.limits
    const { parts, leftAside } = await unpack(path, kind, { folder, unpackedBytesMax })
    for (const part of parts) {
      try {
        opened.push({ ...part, file: await wrapped.openInner(part.path, options) })
      } catch (error) {
        if (!(error instanceof InvalidError)) throw error
        if (!foreignCodes.has(error.code) || parts.length === 1) throw named(part, error)
        leftAside.push({ name: part.name ?? '', reason: `is not read: ${error.message}` })
      }
    }
    if (opened.length === 0) throw nothingIn(leftAside)
    return composed(opened, { kind, leftAside }, close)
  } catch (error) {
    close()
    throw error
  }
}

function composed(opened: OpenedPart[], wrapping: Wrapping, close: () => void): OpenedFile {
  const places = opened.flatMap((part) => part.file.sheets.map((sheet) => ({ part, sheet })))
  if (places.length > sheetsMax)
    throw new InvalidError(
      'too_many_sheets',
      `The archive holds ${places.length} sheets; at most ${sheetsMax} are read. Pack the lists alone.`,
    )
  let current = opened[0]!
  const placeOf = (index: number) => {
    const place = places[index]
    if (place === undefined) throw new RangeError(`The archive has no sheet ${index}.`)
    current = place.part
    return { file: place.part.file, sheet: place.sheet.index }
  }
  const same = <Value>(of: (file: OpenedFile) => Value): Value | null => {
    const values = new Set(opened.map(({ file }) => of(file)))
    return values.size === 1 ? [...values][0]! : null
  }
  return {
    format: same((file) => file.format) ?? [...new Set(opened.map(({ file }) => file.format))].join(' and '),
    encoding: same((file) => file.encoding),
    delimiter: same((file) => file.delimiter),
    // Several files were each decided by themselves.
    ...(opened.length === 1 && opened[0]!.file.choices && { choices: opened[0]!.file.choices }),
    wrapping,
    sheets: places.map(
      ({ part, sheet }, index): Sheet => ({
        ...sheet,
        index,
        name: opened.length === 1 ? sheet.name : sheetName(part, sheet),
      }),
    ),
    rows(index) {
      const { file, sheet } = placeOf(index)
      return file.rows(sheet)
    },
    records(index, taker) {
      const { file, sheet } = placeOf(index)
      return file.records === null ? takeRows(file, sheet, taker) : file.records(sheet, taker)
    },
    columnFormats: async (index) => {
      const { file, sheet } = placeOf(index)
      return (await file.columnFormats?.(sheet)) ?? []
    },
    bytesRead: () => (current.file.bytesRead() / current.unpackedBytes) * current.packedBytes,
    close,
  }
}

function sheetName({ name }: UnpackedPart, sheet: Sheet): string {
  return sheet.name === null ? (name ?? '') : `${name}: ${sheet.name}`
}

async function* takeRows(file: OpenedFile, sheet: number, taker: RecordTaker): AsyncGenerator<void> {
  for await (const batch of file.rows(sheet)) {
    for (const row of batch) taker.take(row, false)
    yield
  }
}

function named({ name }: UnpackedPart, error: InvalidError): InvalidError {
  if (name === null) return error
  return new InvalidError(error.code, `${name}: ${error.message}`, { cause: error })
}

const toldMax = 5

function nothingIn(leftAside: Wrapping['leftAside']): InvalidError {
  const told = leftAside.slice(0, toldMax).map(({ name, reason }) => `${name} ${reason}`)
  const more = leftAside.length > toldMax ? [`${leftAside.length - toldMax} more are not read`] : []
  const what = leftAside.length === 0 ? 'there is nothing in it' : [...told, ...more].join('; ')
  return new InvalidError('no_list_in_archive', `The archive holds no list: ${what}. Pack the list itself.`)
}
