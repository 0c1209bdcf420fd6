import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { InvalidError } from '../lib/errors.ts'

/** The limits of a form; whoever needs more of anything sends no form of ours. */
const limits = {
  files: 1,
  fields: 40,
  parts: 42,
  fieldNameSize: 100,
  fieldSize: 10_000,
  headerPairs: 20,
  headerSize: 8 * 1024,
}

/** The name of the part that is the file. */
const filePart = 'file'

export interface Form<File> {
  /** The text fields in their order, wherever they stand relative to the file. */
  fields: [name: string, value: string][]
  /** What `onFile` made of the file; null: the form has none. */
  file: File | null
}

/**
 * Reads a multipart/form-data body piece by piece. The file's bytes go to `onFile` as they come, and no more of the
 * body is asked for than it takes.
 * @param onFile gets the file's bytes and the name that the form gives it; what it throws ends the reading. When the
 *   reading fails, its pieces throw, and it has ended by the time this function throws
 * @throws InvalidError `malformed_form`, `too_many_parts`, `field_too_long`, `unknown_part`
 * @throws whatever the body throws
 */
export async function readForm<File>(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  onFile: (pieces: AsyncIterable<Uint8Array>, fileName: string | null) => Promise<File>,
): Promise<Form<File>> {
  const form: Form<File> = { fields: [], file: null }
  const failure = Promise.withResolvers<never>()
  // Awaited below, but perhaps only after it has failed.
  failure.promise.catch(() => {})
  let work: Promise<void> = Promise.resolve()
  let open: BusboyFileStream | null = null
  const parser = openParser(contentType)

  parser.on('file', (name, stream, fileName) => {
    // It fails together with the parser, or because it is destroyed below.
    stream.on('error', () => {})
    if (name !== filePart) return failure.reject(unknownPart(name))
    open = stream
    work = onFile(stream, fileName ?? null).then((file) => {
      form.file = file
    })
    work.catch(failure.reject)
  })
  parser.on('field', (name: string | undefined, value, _isNameCut, isCut) => {
    // The parser has a limit to names, but does not keep it.
    if (isCut || name === undefined || name.length > limits.fieldNameSize) failure.reject(longField(name))
    else form.fields.push([name, value])
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => failure.reject(tooManyParts()))
  parser.on('error', (error: unknown) => failure.reject(malformed(error)))
  const ended = new Promise<void>((resolve) => parser.on('finish', resolve))

  try {
    for await (const piece of body) await Promise.race([written(parser, piece), failure.promise])
    parser.end()
    await Promise.race([ended.then(() => work), failure.promise])
    return form
  } catch (error) {
    parser.destroy()
    await abandoned(open, work)
    throw error
  }
}

/** Whoever still waits for the rest of the file is told that it does not come. */
async function abandoned(stream: BusboyFileStream | null, work: Promise<void>): Promise<void> {
  stream?.destroy(new Error('The form was given up.'))
  await work.catch(() => {})
}

function openParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits, preservePath: true })
  } catch (error) {
    throw malformed(error)
  }
}

/** Kept until the parser, and behind it the file, has taken the piece. */
function written(parser: BusboyInstance, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => parser.write(piece, () => resolve()))
}

const malformed = (cause: unknown) =>
  new InvalidError(
    'malformed_form',
    'The form is not a whole multipart/form-data body: its boundary is missing, or it ends before its last part does.',
    { cause },
  )

const tooManyParts = () =>
  new InvalidError(
    'too_many_parts',
    `A form may have one file, named "${filePart}", and ${limits.fields} further fields at most.`,
  )

const longField = (name: string | undefined) =>
  new InvalidError(
    'field_too_long',
    `The field "${name?.slice(0, limits.fieldNameSize) ?? ''}" has no name or is too long; names may have ` +
      `${limits.fieldNameSize} bytes and values ${limits.fieldSize}.`,
  )

const unknownPart = (name: string | undefined) =>
  new InvalidError(
    'unknown_part',
    `The file must be in the part "${filePart}", not "${name?.slice(0, 100) ?? ''}".`,
  )
