import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { TSchema } from '@sinclair/typebox'
import { InvalidError, systemErrorCode } from '../lib/errors.ts'
import { suggestion } from '../lib/nearest.ts'
import { isSecretSchema } from '../lib/schema.ts'
import { connectors } from '../sources/kinds/index.ts'
import type { SourceKind } from '../sources/model.ts'
import { UsageError } from './arguments.ts'
import type { Io } from './command.ts'

/** Something that a line says about a configuration. */
export interface ConfigPair {
  /** As its kind calls it; `headers.Accept` for one of several. */
  key: string
  /** Empty: it is taken back. */
  text: string
  /** Others may have seen it: it stood on the command line. */
  isVisible: boolean
}

/** Most bytes of a value; a private key has a few thousand. */
const bytesMax = 65_536

/**
 * What `--set KEY=VALUE` and `--set-file KEY=PATH` say, with the files read.
 * @throws UsageError, InvalidError `value_not_readable`
 */
export async function configPairs(
  io: Io,
  { set, setFile }: { set: readonly string[]; setFile: readonly string[] },
): Promise<ConfigPair[]> {
  const given = set.map((pair) => {
    const [key, text] = parted(pair, '--set takes KEY=VALUE')
    return { key, text, isVisible: true }
  })
  const files = setFile.map((pair) => parted(pair, '--set-file takes KEY=PATH, or KEY=- for standard input'))
  if (files.filter(([, path]) => path === '-').length > 1)
    throw new UsageError('standard input can give one value only; put the others into files')
  for (const [key, path] of files) {
    const text = (
      path === '-' ? await io.input(bytesMax + 1) : await textIn(resolve(io.cwd, path), key)
    ).replace(/\r?\n$/, '')
    if (text === '' || Buffer.byteLength(text) > bytesMax)
      throw notReadable(key, path, text === '' ? 'it is empty' : `it has more than ${bytesMax} bytes`)
    given.push({ key, text, isVisible: false })
  }
  return given
}

/**
 * A configuration with what a line says.
 * @throws UsageError for a key that the kind does not know; InvalidError `invalid_config` for what it does not take
 */
export function changedConfig(
  pairs: readonly ConfigPair[],
  kind: SourceKind,
  before: Record<string, unknown>,
): Record<string, unknown> {
  const config = { ...before }
  for (const { key, text } of pairs) {
    const schema = schemaOf(kind, key)
    if (!isMember(kind, key)) {
      if (text === '') delete config[key]
      else config[key] = parsedValue(text, key, schema)
      continue
    }
    const [record, name] = memberOf(key)
    const { [name]: _, ...others } = Object(config[record])
    if (text !== '') config[record] = { ...others, [name]: text }
    else if (Object.keys(others).length > 0) config[record] = others
    else delete config[record]
  }
  return config
}

/** Secrets among them that others may have seen. */
export function seenSecrets(pairs: readonly ConfigPair[], kind: SourceKind): string[] {
  return pairs.flatMap(({ key, text, isVisible }) =>
    isVisible && text !== '' && text !== '***' && isSecretSchema(schemaOf(kind, key)) ? [key] : [],
  )
}

function parted(pair: string, what: string): [key: string, value: string] {
  const at = pair.indexOf('=')
  // A secret may have come before its key was thought of.
  if (at <= 0) throw new UsageError(`${what}; one has no "="`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}

async function textIn(path: string, key: string): Promise<string> {
  try {
    const { size } = await stat(path)
    return size > bytesMax ? ' '.repeat(bytesMax + 1) : await readFile(path, 'utf8')
  } catch (error) {
    throw notReadable(key, path, systemErrorCode(error) ?? String(error))
  }
}

const notReadable = (key: string, path: string, why: string) =>
  new InvalidError(
    'value_not_readable',
    `${key} cannot be read from ${path === '-' ? 'standard input' : path}: ${why}.`,
  )

const propertiesOf = (kind: SourceKind): Record<string, TSchema> =>
  connectors.find(({ name }) => name === kind)?.config.properties ?? {}

/** `secret_headers.X-Api-Key` → both parts. */
const memberOf = (key: string): [record: string, name: string] => {
  const dot = key.indexOf('.')
  return [key.slice(0, dot), key.slice(dot + 1)]
}

/** Whether a key names one text of several. */
function isMember(kind: SourceKind, key: string): boolean {
  const known = propertiesOf(kind)
  if (key in known || !key.includes('.')) return false
  const [record, name] = memberOf(key)
  return known[record]?.patternProperties !== undefined && name !== ''
}

/** @throws UsageError */
function schemaOf(kind: SourceKind, key: string): TSchema {
  const known = propertiesOf(kind)
  const schema = known[isMember(kind, key) ? memberOf(key)[0] : key]
  if (schema !== undefined) return schema
  const names = Object.keys(known)
  throw new UsageError(
    `a source of kind ${kind} takes no "${key}"${suggestion(key, names)} (${names.join(', ') || 'it takes nothing'})`,
  )
}

function parsedValue(text: string, key: string, schema: TSchema): unknown {
  if (isText(schema)) return text
  try {
    return JSON.parse(text)
  } catch {
    const member = schema.patternProperties === undefined ? '' : `; or say --set ${key}.NAME=VALUE`
    // The parser's own message holds a part of the text, which may be secret.
    const shown = isSecretSchema(schema) ? '' : `, not "${text}"`
    throw new InvalidError(
      'invalid_config',
      `${key} takes a value of type ${String(schema.type ?? 'object')} as JSON${shown}${member}`,
    )
  }
}

/** Also one of a few words. */
const isText = ({ type, anyOf }: TSchema): boolean =>
  type === 'string' || (Array.isArray(anyOf) && anyOf.every((each: TSchema) => each.type === 'string'))
