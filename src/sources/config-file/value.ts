import type { TSchema } from '@sinclair/typebox'
import { faultPlaces } from '../../lib/checked.ts'
import { nearest, suggestion } from '../../lib/nearest.ts'
import type { Report } from './problem.ts'
import { isBroken, type Node, type TextNode } from './yaml-tree.ts'

/** What a schema says of a value, as far as the words about it go. */
export interface Shape {
  type?: string
  const?: unknown
  anyOf?: Shape[]
  enum?: unknown[]
  items?: Shape
  properties?: Record<string, Shape>
  patternProperties?: Record<string, Shape>
  additionalProperties?: boolean | Shape
  minimum?: number
  maximum?: number
  description?: string
  examples?: unknown[]
  /** Of a secret: it is never shown. */
  writeOnly?: boolean
}

/**
 * The value of a key, as its schema wants it: what is written without quotes may be a number, or yes or no.
 * @param options.report told what does not fit
 * @returns undefined when it does not fit
 */
export function fittingValue(
  node: Node,
  schema: TSchema,
  { key, report }: { key: string; report: Report },
): { value: unknown } | undefined {
  if (isBroken(node)) return undefined
  // A TypeBox schema is the JSON Schema that it describes.
  const shape = schema as Shape
  const value = naturally(node, shape)
  const faults = faultPlaces(value === null ? schema : otherThanNull(schema), value)
  const told = new Set<Node>()
  for (const { path } of faults) {
    const { at, written, keyAt, name, within } = locate(node, shape, path)
    // A union gives an error for each of its kinds, and one for all of them.
    if (told.has(written)) continue
    told.add(written)
    const label = [key, ...path].join('.')
    report(
      keyAt ?? at,
      keyAt === null ? `${label} ${misfit(written, within)}` : unknownKey(name, label, within),
    )
  }
  return faults.length === 0 ? { value } : undefined
}

/** Of a union with null what is not: its faults have places, and those of a union have not. */
function otherThanNull(schema: TSchema): TSchema {
  const others: TSchema[] = (schema.anyOf ?? []).filter(({ type }: TSchema) => type !== 'null')
  return others.length === 1 && others[0] !== undefined ? others[0] : schema
}

/** "must be one of full, partial, not "whole"; did you mean …?" */
export function misfit(node: Node, shape: Shape): string {
  const wanted = want(shape)
  const isShown =
    node.is === 'text' && node.text !== null && !node.isFromEnvironment && shape.writeOnly !== true
  if (!isShown) {
    const found = { text: '', list: ', not a list', map: ', not a list of keys' }[node.is]
    return `must be ${wanted}${node.is === 'text' && node.text === null ? '; it is empty' : found}`
  }
  const text = node.text ?? ''
  const words = wordsOf(shape)
  return `must be ${wanted}, not "${text.slice(0, 100)}"${words.length === 0 ? '' : suggestion(text, words)}`
}

function naturally(node: Node, shape: Shape | undefined): unknown {
  const kinds = shape === undefined ? [] : kindsOf(shape)
  if (node.is === 'text') return textValue(node, kinds)
  if (node.is === 'list') {
    const list = kinds.find(({ type }) => type === 'array')
    return node.items.map((item) => naturally(item, list?.items))
  }
  const map = kinds.find(({ type }) => type === 'object')
  return Object.fromEntries(
    [...node.entries].map(([key, { value }]) => [key, naturally(value, propertyOf(map, key))]),
  )
}

function textValue({ text, isPlain }: TextNode, kinds: Shape[]): unknown {
  if (text === null) return null
  const is = (type: string) => kinds.some((kind) => kind.type === type)
  const lower = text.trim().toLowerCase()
  const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(lower) ? Number(lower) : null
  const mayBe = (type: string) => (kinds.length === 0 ? isPlain : is(type))
  if (mayBe('boolean') && yes.has(lower)) return true
  if (mayBe('boolean') && no.has(lower)) return false
  if (number !== null && (mayBe('number') || is('integer'))) return number
  // One of a list of one.
  if (is('array') && !is('string')) return [text]
  return text
}

const yes = new Set(['true', 'yes', 'on'])
const no = new Set(['false', 'no', 'off'])

const kindsOf = (shape: Shape): Shape[] => shape.anyOf?.flatMap(kindsOf) ?? [shape]

/** What may stand under a key; undefined: anything, or nothing. */
function propertyOf(map: Shape | undefined, key: string): Shape | undefined {
  const known = map?.properties
  if (known !== undefined && Object.hasOwn(known, key)) return known[key]
  return Object.values(map?.patternProperties ?? {})[0]
}

/** Where the fault stands: its value, or the key that nobody knows. */
function locate(node: Node, shape: Shape, path: readonly string[]) {
  let [written, within]: [Node, Shape] = [node, shape]
  for (const step of path) {
    const kinds = kindsOf(within)
    if (written.is === 'map') {
      const map = kinds.find(({ type }) => type === 'object')
      const entry = written.entries.get(step)
      // A key that has to be there, and is not.
      if (entry === undefined) break
      const property = propertyOf(map, step)
      if (property === undefined && map !== undefined)
        return { at: written.at, written: entry.value, keyAt: entry.keyAt, name: step, within: map }
      ;[written, within] = [entry.value, property ?? {}]
    } else if (written.is === 'list') {
      const item = written.items[Number(step)]
      if (item === undefined) break
      ;[written, within] = [item, kinds.find(({ type }) => type === 'array')?.items ?? {}]
    } else break
  }
  return { at: written.at, written, keyAt: null, name: '', within }
}

function unknownKey(name: string, label: string, within: Shape): string {
  const known = Object.keys(within.properties ?? {})
  const near = nearest(name, known)
  return `${label} is no key that is known${near === null ? '' : `; did you mean ${near}?`}${known.length === 0 ? '' : ` Keys: ${known.join(', ')}`}`
}

/** What a value has to be, in words. */
function want(shape: Shape): string {
  const words = wordsOf(shape)
  if (words.length > 0) return `one of ${words.join(', ')}`
  const kinds = kindsOf(shape).filter(({ type }) => type !== 'null')
  const [kind] = kinds
  const about = firstSentence(shape.description ?? kind?.description)
  const example = shape.examples?.[0]
  const shown =
    example === undefined
      ? ''
      : `, such as ${typeof example === 'string' ? example : JSON.stringify(example)}`
  const named = kinds.map(nameOf).filter((name, at, all) => all.indexOf(name) === at)
  return `${named.join(' or ') || 'something else'}${about === '' ? '' : ` (${about})`}${shown}`
}

function nameOf({ type, minimum, maximum }: Shape): string {
  const range = minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`
  if (type === 'integer') return `a whole number${range}`
  if (type === 'number') return `a number${range}`
  if (type === 'boolean') return 'on or off'
  if (type === 'array') return 'a list'
  if (type === 'object') return 'keys with values'
  return 'a text'
}

function wordsOf(shape: Shape): string[] {
  const kinds = kindsOf(shape).filter(({ type }) => type !== 'null')
  const words = kinds.map((kind) => kind.const)
  return words.every((word) => typeof word === 'string') ? words : []
}

/** Without its full stop. */
const firstSentence = (text = '') => /^(.*?)\.?(?:\s|$)(?=[A-Z]|$)/.exec(text)?.[1] ?? text
