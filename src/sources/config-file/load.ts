import { open } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { AppError, InvalidError, NotFoundError, systemErrorCode } from '../../lib/errors.ts'
import { type SourceRules, sourceFaults, thrown } from '../check.ts'
import { connectorOf } from '../kinds/index.ts'
import { refusePlainSecrets } from '../plain-secrets.ts'
import { givenConfig, keptConfig, type WholeConfig } from '../secrets.ts'
import { type DeclaredSource, declaredSources } from './declared.ts'
import type { Environment } from './placeholders.ts'
import { type Place, type Problem, type Report, SourcesFileError } from './problem.ts'
import { yamlTree } from './yaml-tree.ts'

/** The file that is read where no other is named, when it is there. */
export const usualFile = 'tallyman.yaml'

/** A file of sources. */
export interface SourcesFile {
  /** Absolute. */
  path: string
  sources: DeclaredSource[]
}

/** Largest file. */
const sizeBytesMax = 1024 * 1024

/**
 * Reads the file that declares sources.
 * @param options.path as the configuration or a person names it; null: `tallyman.yaml` in the working directory
 * @param options.env what placeholders such as ${NAME} stand for
 * @returns null when none is named, and the usual one is not there
 * @throws SourcesFileError with everything that is wrong in it
 * @throws NotFoundError `no_sources_file`, InvalidError `sources_file_not_readable` when it cannot be read at all
 */
export async function loadSourcesFile({
  path: given,
  cwd,
  env,
  rules,
}: {
  path: string | null
  cwd: string
  env: Environment
  rules: SourceRules
}): Promise<SourcesFile | null> {
  const path = resolve(cwd, given ?? usualFile)
  const name = shown(path, cwd)
  const bytes = await bytesOf(path, name, given === null)
  return bytes === null ? null : { path, sources: parseSourcesFile(bytes, { name, env, rules }) }
}

/** The same for its bytes. @throws SourcesFileError */
export function parseSourcesFile(
  bytes: Uint8Array,
  { name, env, rules }: { name: string; env: Environment; rules: SourceRules },
): DeclaredSource[] {
  const problems: Problem[] = []
  const report: Report = ({ line, column }, message, code = 'invalid_sources_file') => {
    const isKnown = problems.some(
      (each) => each.line === line && each.column === column && each.message === message,
    )
    if (!isKnown) problems.push({ line, column, message, code })
  }
  const sources = sourcesIn(bytes, { env, report, problems })
  for (const source of sources) checkDeclared(source, rules, report)
  if (problems.length > 0) throw new SourcesFileError(name, problems)
  return sources
}

function sourcesIn(
  bytes: Uint8Array,
  { env, report, problems }: { env: Environment; report: Report; problems: readonly Problem[] },
): DeclaredSource[] {
  const text = decoded(bytes, report)
  const tree = text === null ? null : yamlTree(text, { env, report })
  if (tree !== null && !(tree.is === 'text' && tree.text === null)) return declaredSources(tree, report)
  // Perhaps it is just being written; nobody wants every source paused for that.
  if (problems.length === 0)
    report({ line: 1, column: 1 }, 'the file is empty; write "sources: []" for no sources')
  return []
}

function decoded(bytes: Uint8Array, report: Report): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    report(firstUnreadable(bytes), 'the file is not written in UTF-8 from here on; save it as UTF-8')
    return null
  }
}

/** Where the bytes stop being UTF-8. */
function firstUnreadable(bytes: Uint8Array): Place {
  const lenient = new TextDecoder('utf-8').decode(bytes)
  const before = lenient.slice(0, Math.max(lenient.indexOf('\ufffd'), 0)).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** What the settings and the schedule of this installation make of it: each fault, whatever else is wrong. */
function checkDeclared(source: DeclaredSource, rules: SourceRules, report: Report): void {
  const { kind, name, keysAt } = source
  const inTheClear = new Set<string>()
  const tell = (error: AppError, keys: readonly string[] = keysOf(error, source)) => {
    const at = keys.map((key) => keysAt.get(key)).find((place) => place !== undefined)
    report(at ?? placeOf(source), error.message)
  }
  let config: WholeConfig | null = null
  // Of one that is not whole it is not known what is missing.
  if (source.isWhole)
    for (const error of thrown(() => {
      config = givenConfig(rules.sealer, source, null)
    }))
      tell(error)
  // What stands in the clear is looked for key by key.
  for (const [key, value] of Object.entries(source.config))
    for (const error of thrown(() => refusePlainSecrets(connectorOf(kind), { [key]: value }))) {
      tell(error, [key])
      inTheClear.add(key)
    }
  // That has been told.
  for (const error of sourceFaults({ ...source, config, currency: null }, rules))
    if (error.code !== 'secret_in_the_clear' && !inTheClear.has(keysOf(error, source)[0] ?? '')) tell(error)
  if (config === null) return
  const whole = config
  // Without a key nothing secret can be kept.
  for (const error of thrown(() => keptConfig(rules.sealer, { id: name, kind, config: whole }))) tell(error)
}

/** The keys that an error may be about: those of its code, or the first one that its message names. */
function keysOf({ code, message }: AppError, { config }: DeclaredSource): readonly string[] {
  const said = message.replace(/^This is no configuration of a source of kind [\w-]+: /, '')
  const named = Object.entries(config).flatMap(([key, value]) => {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
    const at = [key, ...(isMap ? Object.keys(value) : [])]
      .map((name) => said.search(new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`)))
      .filter((found) => found >= 0)
    return at.length === 0 ? [] : [{ key, at: Math.min(...at) }]
  })
  return keysByCode[code] ?? named.sort((a, b) => a.at - b.at).map(({ key }) => key)
}

/** What an error is about; of several the one that is there. */
const keysByCode: Readonly<Record<string, readonly string[]>> = {
  invalid_source_name: ['name'],
  bad_schedule: ['schedule'],
  not_fetchable: ['schedule', 'watch'],
  unknown_time_zone: ['time_zone'],
  invalid_retry_delays: ['retry_delays'],
  invalid_country: ['country'],
  invalid_priority: ['priority'],
}

/** Where a source says what it fetches; its beginning where it does not say so in one line. */
const placeOf = ({ keysAt, at }: DeclaredSource) =>
  ['path', 'url', 'location', 'feed_path', 'config', 'kind']
    .map((key) => keysAt.get(key))
    .find((place) => place !== undefined) ?? at

/** As people write it: from here, where it lies below. */
function shown(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

async function bytesOf(path: string, name: string, isOptional: boolean): Promise<Uint8Array | null> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    if (size > sizeBytesMax)
      throw new InvalidError(
        'sources_file_not_readable',
        `${name} is larger than ${sizeBytesMax / 1024 ** 2} MiB, so it is hardly a list of sources; check TALLYMAN_CONFIG.`,
      )
    return await file.readFile()
  } catch (error) {
    const code = systemErrorCode(error)
    if (error instanceof AppError || code === null) throw error
    if (code === 'ENOENT' && isOptional) return null
    if (code === 'ENOENT')
      throw new NotFoundError(
        'no_sources_file',
        `There is no file ${name}; it was to declare the sources. Check TALLYMAN_CONFIG, or what you typed.`,
      )
    throw new InvalidError('sources_file_not_readable', `${name} cannot be read (${code}).`, { cause: error })
  }
}
