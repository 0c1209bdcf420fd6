import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml'
import { type Environment, filled } from './placeholders.ts'
import type { Place, Report } from './problem.ts'

/** A value of a file with where it stands; what it means is for those to say who know its key. */
export type Node = TextNode | ListNode | MapNode

export interface TextNode {
  is: 'text'
  at: Place
  /** As written, so that 007 stays 007; placeholders are filled in. Null: `null`, `~` or nothing. */
  text: string | null
  /** Not in quotes, so it may be meant as a number, or as yes or no. */
  isPlain: boolean
  /** It may hold what must not be shown. */
  isFromEnvironment: boolean
  /** It could not be filled in, which has been reported: nothing more need be said of it. */
  isBroken: boolean
}

export interface ListNode {
  is: 'list'
  at: Place
  items: Node[]
}

export interface MapNode {
  is: 'map'
  at: Place
  entries: Map<string, Entry>
}

export interface Entry {
  keyAt: Place
  value: Node
}

/** Whether something in it could not be filled in. */
export function isBroken(node: Node): boolean {
  if (node.is === 'text') return node.isBroken
  if (node.is === 'list') return node.items.some(isBroken)
  return [...node.entries.values()].some(({ value }) => isBroken(value))
}

/** What a file may hold at most: more is a mistake, or meant to keep the program busy. */
const limits = { depth: 30, nodes: 100_000, aliases: 100 }

/**
 * Reads a YAML document (1.2, core schema): one document, no tags, no merge keys, few aliases, no key twice.
 * @param options.report told what is wrong, at once
 * @returns null when it holds nothing, cannot be understood, or is too much
 */
export function yamlTree(text: string, { env, report }: { env: Environment; report: Report }): Node | null {
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    // Of a text without a line break the counter knows no line.
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    // Ours tells where the first one stands, and is not quadratic.
    uniqueKeys: false,
    // These quote the file, which may hold secrets.
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  })
  const faults = firstOfEachLine([...document.errors, ...document.warnings], placeAt)
  for (const { at, message } of faults) report(at, message)
  if (faults.length > 0 || !(document instanceof Document) || document.contents === null) return null
  const reading = new Reading(document, { env, report, placeAt })
  const tree = reading.node(document.contents, 0)
  return reading.isOver ? null : tree
}

/** One slip often gives several errors in a row. */
function firstOfEachLine(
  errors: readonly YAMLError[],
  placeAt: (offset: number) => Place,
): { at: Place; message: string }[] {
  const byLine = new Map<number, { at: Place; message: string }>()
  for (const { code, pos } of errors) {
    const at = placeAt(pos[0])
    if (!byLine.has(at.line))
      byLine.set(at.line, { at, message: words[code] ?? `this is no valid YAML (${code})` })
  }
  // What follows the first slip is often only its consequence.
  return [...byLine.values()].sort((a, b) => a.at.line - b.at.line).slice(0, 3)
}

/** In our own words, since those of the parser may quote a value. */
const words: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'this alias cannot be used; if the value begins with *, put it in quotes',
  BAD_DIRECTIVE: 'this directive is not understood; leave lines that begin with % out',
  BAD_DQ_ESCAPE:
    'this escape is not known; in double quotes write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'this stands too far to the left, or a bracket before it was never closed',
  BAD_SCALAR_START: 'a value cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second "key:" in one value: put the value in quotes, or check how far the lines are indented',
  BLOCK_IN_FLOW: 'this cannot stand within brackets; check that they are closed',
  DUPLICATE_KEY: 'this key is given twice',
  KEY_OVER_1024_CHARS: 'this key is too long, or a quote was never closed',
  MISSING_CHAR: 'something is missing here: a closing quote, bracket or comma, or the blank after a colon',
  MULTILINE_IMPLICIT_KEY: 'a key has to stand on one line; check quotes and how far the lines are indented',
  MULTIPLE_ANCHORS: 'a value can have one anchor (&) only; if it begins with &, put it in quotes',
  MULTIPLE_DOCS: 'a second document begins here; keep everything in one, without ---',
  MULTIPLE_TAGS: 'tags (!) are not understood; if the value begins with !, put it in quotes',
  TAB_AS_INDENT: 'lines are indented with blanks, not with tabs',
  TAG_RESOLVE_FAILED: 'tags (!) are not understood; if the value begins with !, put it in quotes',
  UNEXPECTED_TOKEN: `this does not belong here; check quotes, brackets (between { and } a \${NAME} stands in quotes) and how far the lines are indented`,
}

class Reading {
  readonly #document: Document
  readonly #env: Environment
  readonly #report: Report
  readonly #placeAt: (offset: number) => Place
  #nodes = 0
  #aliases = 0
  /** It is too much to be gone through, and that has been reported. */
  isOver = false

  constructor(
    document: Document,
    options: { env: Environment; report: Report; placeAt: (offset: number) => Place },
  ) {
    this.#document = document
    this.#env = options.env
    this.#report = options.report
    this.#placeAt = options.placeAt
  }

  node(yaml: YamlNode | null, depth: number): Node {
    const at = this.#placeAt(yaml?.range?.[0] ?? 0)
    const nothing: Node = {
      is: 'text',
      at,
      text: null,
      isPlain: true,
      isFromEnvironment: false,
      isBroken: false,
    }
    if (yaml === null || !this.#isWithin(at, depth)) return nothing
    if (isAlias(yaml)) {
      this.#aliases++
      const meant = yaml.resolve(this.#document)
      if (meant !== undefined && this.#aliases <= limits.aliases) return this.node(meant, depth + 1)
      this.isOver ||= meant !== undefined
      this.#report(
        at,
        meant === undefined
          ? (words.BAD_ALIAS ?? '')
          : `there are more than ${limits.aliases} aliases (*); write out what they stand for`,
      )
      return nothing
    }
    if (yaml.tag !== undefined && !yaml.tag.startsWith('tag:yaml.org,2002:'))
      this.#report(at, words.TAG_RESOLVE_FAILED ?? '')
    if (isSeq<YamlNode>(yaml))
      return { is: 'list', at, items: yaml.items.map((item) => this.node(item, depth + 1)) }
    if (isMap<YamlNode, YamlNode | null>(yaml)) return this.#map(yaml, at, depth)
    return isScalar(yaml) ? this.#text(yaml, at) : nothing
  }

  #isWithin(at: Place, depth: number): boolean {
    this.#nodes++
    if (this.isOver) return false
    if (depth <= limits.depth && this.#nodes <= limits.nodes) return true
    this.isOver = true
    this.#report(
      at,
      depth > limits.depth
        ? `this is nested more than ${limits.depth} levels deep`
        : `there are more than ${limits.nodes} values in this file; split it`,
    )
    return false
  }

  #map(yaml: YAMLMap<YamlNode, YamlNode | null>, at: Place, depth: number): MapNode {
    const entries = new Map<string, Entry>()
    for (const { key, value } of yaml.items) {
      const keyAt = this.#placeAt(key.range?.[0] ?? 0)
      if (!isScalar(key)) {
        this.#report(keyAt, 'a key has to be a plain word')
        continue
      }
      const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
      const before = entries.get(name)
      if (name === '<<') this.#report(keyAt, 'merge keys (<<) are not understood; write the keys out')
      else if (before !== undefined)
        this.#report(keyAt, `"${name}" is given twice; it stands in line ${before.keyAt.line} already`)
      else entries.set(name, { keyAt, value: this.#valued(value, keyAt, depth) })
    }
    return { is: 'map', at, entries }
  }

  /** A key without a value has no place of its own. */
  #valued(value: YamlNode | null, keyAt: Place, depth: number): Node {
    const node = this.node(value, depth + 1)
    return node.is === 'text' && node.text === null ? { ...node, at: keyAt } : node
  }

  #text(yaml: { value: unknown; source?: string; type?: string }, at: Place): TextNode {
    const isPlain = yaml.type === 'PLAIN'
    if (yaml.value === null)
      return { is: 'text', at, text: null, isPlain, isFromEnvironment: false, isBroken: false }
    // Of a number its digits, and of a text what its quotes and lines mean.
    const written = typeof yaml.value === 'string' ? yaml.value : (yaml.source ?? String(yaml.value))
    const { text, isFromEnvironment, problems } = filled(written, this.#env)
    for (const problem of problems) this.#report(at, problem)
    return { is: 'text', at, text, isPlain, isFromEnvironment, isBroken: problems.length > 0 }
  }
}
