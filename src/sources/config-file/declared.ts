import type { TObject, TSchema } from '@sinclair/typebox'
import { nearest, suggestion } from '../../lib/nearest.ts'
import { supplierNameKey } from '../../suppliers/model.ts'
import { type Connector, connectors } from '../kinds/index.ts'
import { priorityDefault, type SourceSettings, sourceKinds, sourceNameKey } from '../model.ts'
import type { SourceOrigin } from '../store.ts'
import { type DeclaredReading, readingOf } from './declared-reading.ts'
import { explained } from './explained.ts'
import {
  addressWords,
  keysToCome,
  otherKeys,
  otherKinds,
  placeKeyOf,
  placeWords,
  type SourceKey,
  sourceKeys,
  topKeys,
} from './keys.ts'
import { placeOfUrl } from './place-url.ts'
import type { Place, Report } from './problem.ts'
import { fittingValue } from './value.ts'
import { type Entry, isBroken, type MapNode, type Node } from './yaml-tree.ts'

/** A source as a file declares it. */
export interface DeclaredSource extends SourceOrigin, Pick<SourceSettings, 'listMode'> {
  supplier: string
  /** Null: left to people, once it is there. */
  isActive: boolean | null
  reading: DeclaredReading
  /** Where it begins. */
  at: Place
  /** Where each of its keys stands, by the name that it has here. */
  keysAt: ReadonlyMap<string, Place>
  /** Nothing was wrong with it so far; of any other what was wrong is left out. */
  isWhole: boolean
}

/** Most sources of a file. */
const sourcesMax = 10_000

/** The sources of a file; what is wrong with one is reported. */
export function declaredSources(tree: Node, report: Report): DeclaredSource[] {
  const list = listOf(tree, report)
  if (list === null) return []
  if (list.length > sourcesMax) {
    report(tree.at, `there are ${list.length} sources in this file; it may hold ${sourcesMax}`)
    return []
  }
  const found = list.flatMap(({ node, name }) => declaredSource(node, name, report) ?? [])
  refuseTwins(found, report)
  return found
}

interface Listed {
  node: Node
  /** From the key that it stands under; null: it says its name itself. */
  name: { text: string; at: Place } | null
}

/** The nodes of the sources, from a list or from a map by name. */
function listOf(tree: Node, report: Report): Listed[] | null {
  if (tree.is !== 'map') {
    report(tree.at, `the file begins with a key, ${topKeys.join(' or ')}, and the sources stand below it`)
    return null
  }
  let under: (Entry & { key: string }) | null = null
  for (const [key, entry] of tree.entries) {
    const isKnown = topKeys.some((known) => known === key)
    if (isKnown && under !== null)
      report(
        entry.keyAt,
        `"${key}" says the same as "${under.key}" in line ${under.keyAt.line}; keep one of them`,
      )
    else if (isKnown) under = { ...entry, key }
    // As in compose files: a place for what aliases stand for.
    else if (!key.startsWith('x-'))
      report(
        entry.keyAt,
        `"${key}" is no key of this file${suggestion(key, topKeys) || `; it has ${topKeys.join(' or ')}`}`,
      )
  }
  if (under === null) {
    if (tree.entries.size === 0)
      report(tree.at, `the file has no "${topKeys[0]}"; write "${topKeys[0]}: []" for none`)
    return null
  }
  const { value, key } = under
  if (value.is === 'list') return value.items.map((node) => ({ node, name: null }))
  if (value.is === 'map')
    return [...value.entries].map(([text, entry]) => ({ node: entry.value, name: { text, at: entry.keyAt } }))
  report(value.at, `"${key}" has to be a list of sources, or sources by name; write "${key}: []" for none`)
  return null
}

/** @returns null when it has no name that it could be known by */
function declaredSource(node: Node, given: Listed['name'], report: Report): DeclaredSource | null {
  const at = given?.at ?? node.at
  if (node.is !== 'map') {
    report(node.at, 'a source is written as keys with values, such as "kind: local"')
    return null
  }
  let isWhole = !isBroken(node)
  const told: Report = (...problem) => {
    isWhole = false
    report(...problem)
  }
  const { own, others } = sorted(node, told)
  const value = (key: SourceKey) => {
    const entry = own.get(key)
    return entry === undefined
      ? undefined
      : fittingValue(entry.value, sourceKeys[key], { key, report: told })?.value
  }
  const text = (key: SourceKey) => {
    const said = value(key)
    return typeof said === 'string' ? said : null
  }
  const name = nameOf(own, { given, at, text, report: told })
  const supplier = text('supplier') ?? name
  const supplierAt = own.get('supplier')?.value.at ?? at
  if (supplier !== null && !explained(supplierAt, told, () => supplierNameKey(supplier))) return null
  const connector = connectorAt(own.get('kind'), at, told)
  const config = connector && configOf(connector, { own, others, at, report: told })
  if (connector === null) refuseUnknown(others, told)
  const reading = readingOf(own, value, told)
  const flag = (key: SourceKey) => {
    const said = value(key)
    return typeof said === 'boolean' ? said : null
  }
  const [delays, priority] = [value('retry_delays'), value('priority')]
  if (name === null || supplier === null) return null
  return {
    supplier,
    name,
    kind: connector?.name ?? 'upload',
    config: config ?? {},
    schedule: noneIsNull(text('schedule')),
    timeZone: noneIsNull(text('time_zone')),
    listMode: text('list_mode') === 'full' ? ('full' as const) : ('partial' as const),
    usesAnalyzer: flag('analyzer'),
    isWatched: flag('watch') ?? false,
    country: text('country')?.toUpperCase() ?? null,
    priority: typeof priority === 'number' ? priority : priorityDefault,
    retryDelaysMs: Array.isArray(delays) ? delays.map((seconds) => Math.round(Number(seconds) * 1000)) : null,
    isActive: flag('active'),
    reading,
    at,
    keysAt: placesOf(node, own.get('config')),
    isWhole,
  }
}

/** Of its own keys, and of those below "config". */
function placesOf(node: MapNode, config: Entry | undefined): Map<string, Place> {
  const below = config?.value.is === 'map' ? [...config.value.entries] : []
  return new Map([...below, ...node.entries].map(([key, { keyAt }]) => [nameHere(key), keyAt]))
}

const nameHere = (key: string) => (Object.hasOwn(otherKeys, key) ? (otherKeys[key] ?? key) : key)

/** Keys that any source has, by the names they have here, and the others. */
function sorted(node: MapNode, report: Report) {
  const own = new Map<SourceKey, Entry>()
  const others = new Map<string, Entry>()
  for (const [key, entry] of node.entries) {
    const known = nameHere(key)
    if (!isSourceKey(known)) {
      others.set(key, entry)
      continue
    }
    const before = own.get(known)
    if (before === undefined) own.set(known, entry)
    else
      report(entry.keyAt, `"${key}" says the same as the key in line ${before.keyAt.line}; keep one of them`)
  }
  return { own, others }
}

const isSourceKey = (key: string): key is SourceKey => Object.hasOwn(sourceKeys, key)

const noneIsNull = (text: string | null) =>
  text === null || ['none', 'off', ''].includes(text.trim().toLowerCase()) ? null : text

function nameOf(
  own: ReadonlyMap<SourceKey, Entry>,
  {
    given,
    at,
    text,
    report,
  }: { given: Listed['name']; at: Place; text: (key: SourceKey) => string | null; report: Report },
): string | null {
  const entry = own.get('name')
  if (given !== null && entry !== undefined)
    report(
      entry.keyAt,
      `the source is called "${given.text}" already, after the key that it stands under; leave "name" out`,
    )
  const name = given?.text ?? text('name')
  // What is no text has been reported as that.
  const isMissing = entry === undefined || (entry.value.is === 'text' && entry.value.text === null)
  if (name === null && given === null && isMissing) report(entry?.keyAt ?? at, 'the source needs a "name"')
  return name
}

function connectorAt(entry: Entry | undefined, at: Place, report: Report): Connector | null {
  const known = connectors.map(({ name }) => name)
  if (entry !== undefined && isBroken(entry.value)) return null
  if (entry === undefined || entry.value.is !== 'text' || entry.value.text === null) {
    report(entry?.keyAt ?? at, `the source needs a "kind": one of ${known.join(', ')}`)
    return null
  }
  const text = entry.value.text.trim()
  const meant = Object.hasOwn(otherKinds, text) ? otherKinds[text] : text
  const found = connectors.find(({ name }) => name === meant)
  if (found !== undefined) return found
  const isToCome = sourceKinds.some((kind) => kind === meant)
  report(
    entry.value.at,
    isToCome
      ? `this version cannot fetch from sources of kind ${meant} yet (unknown_source_kind); it knows ${known.join(', ')}`
      : `there is no kind "${text.slice(0, 100)}" of sources (unknown_source_kind)${suggestion(text, known)} Kinds: ${known.join(', ')}`,
    'unknown_source_kind',
  )
  return null
}

/** Without its kind there is only little that can be said of what it needs. */
function refuseUnknown(others: ReadonlyMap<string, Entry>, report: Report): void {
  const known = [
    ...Object.keys(sourceKeys),
    ...connectors.flatMap(({ config }) => Object.keys(config.properties)),
  ]
  for (const [key, { keyAt }] of others) {
    const near = known.includes(key) ? null : nearest(key, known)
    // Where nothing is near, it may be what a kind needs that is not known here.
    if (near !== null) report(keyAt, `"${key}" is no key of a source; did you mean ${near}?`)
  }
}

/** What the kind needs: its own keys beside "kind", or below "config". */
function configOf(
  connector: Connector,
  {
    own,
    others,
    at,
    report,
  }: { own: ReadonlyMap<SourceKey, Entry>; others: ReadonlyMap<string, Entry>; at: Place; report: Report },
): Record<string, unknown> {
  const { name: kind, config: schema } = connector
  const properties: Record<string, TSchema> = schema.properties
  const given = new Map<string, Entry>()
  const take = (key: string, entry: Entry, allowed: readonly string[]) => {
    const known = Object.hasOwn(properties, key) ? key : placeMeant(key, schema)
    const before = known === null ? undefined : given.get(known)
    if (known === null)
      report(entry.keyAt, `"${key}" is no key of a source of kind ${kind}${keyMeant(key, allowed)}`)
    else if (before !== undefined)
      report(entry.keyAt, `"${key}" says the same as the key in line ${before.keyAt.line}; keep one of them`)
    else given.set(known, entry)
  }
  const below = own.get('config')
  if (below !== undefined && below.value.is === 'map')
    for (const [key, entry] of below.value.entries) take(key, entry, Object.keys(properties))
  else if (below !== undefined && !(below.value.is === 'text' && below.value.text === null))
    report(below.value.at, `config must be keys with values: ${Object.keys(properties).join(', ') || 'none'}`)
  const beside = [...Object.keys(properties), ...Object.keys(sourceKeys)]
  const config: Record<string, unknown> = {}
  for (const [key, entry] of others)
    if (isPlaceUrl(key, entry, properties)) Object.assign(config, urlPlace(kind, entry, report))
    else take(key, entry, beside)

  for (const [key, { value }] of given) {
    const fit = fittingValue(value, properties[key]!, { key, report })
    if (fit !== undefined) config[key] = fit.value
  }
  // What is wrong with an address has been reported.
  const isPlaced = [...others].some(([key, entry]) => isPlaceUrl(key, entry, properties))
  for (const key of schema.required ?? [])
    if (!given.has(key) && !Object.hasOwn(config, key) && !isPlaced)
      report(own.get('kind')?.keyAt ?? at, `a source of kind ${kind} needs "${key}"`)
  return config
}

/** Of kinds that have keys for the parts of a URL. */
const isPlaceUrl = (key: string, { value }: Entry, properties: Readonly<Record<string, unknown>>) =>
  addressWords.includes(key) &&
  !Object.hasOwn(properties, key) &&
  Object.hasOwn(properties, 'host') &&
  Object.hasOwn(properties, 'path') &&
  value.is === 'text'

function urlPlace(kind: string, { keyAt, value }: Entry, report: Report): Record<string, unknown> {
  const place = value.is === 'text' && !value.isBroken ? placeOfUrl(kind, value.text ?? '') : {}
  if (typeof place !== 'string') return place
  report(keyAt, `this address ${place}`)
  return {}
}

/** "location" is the path of a local source. */
function placeMeant(key: string, { properties, required = [] }: TObject): string | null {
  return placeWords.some((word) => word === key) ? placeKeyOf(properties, required) : null
}

function keyMeant(key: string, known: readonly string[]): string {
  if (Object.hasOwn(keysToCome, key)) return `; ${keysToCome[key]}`
  const owners = connectors.filter(({ config }) => Object.hasOwn(config.properties, key))
  if (owners.length > 0) return `; it is one of kind ${owners.map(({ name }) => name).join(' and ')}`
  const near = nearest(key, known)
  return near === null ? `; keys: ${known.join(', ')}` : `; did you mean ${near}?`
}

/** Two sources of one supplier cannot have one name. */
function refuseTwins(found: readonly DeclaredSource[], report: Report): void {
  const seen = new Map<string, DeclaredSource>()
  for (const source of found) {
    const { supplier, name, at } = source
    const key = JSON.stringify([supplierNameKey(supplier), sourceNameKey(name)])
    const twin = seen.get(key)
    if (twin === undefined) seen.set(key, source)
    else
      report(
        at,
        `supplier "${supplier}" has a source "${twin.name}" already, in line ${twin.at.line}; call one of them otherwise`,
      )
  }
}
