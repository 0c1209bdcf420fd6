import { InvalidError } from '../../../lib/errors.ts'
import type { TagAttributes } from '../markup/attributes.ts'
import { detached } from '../markup/names.ts'
import type { MarkupHandler } from '../markup/scanner.ts'
import { CategoryReader, type CategoryTree } from './categories.ts'

/** All elements of a document that have the same path, taken together. */
export interface ElementNode {
  name: string
  parent: ElementNode | null
  /** In the order in which they turn up. */
  children: Map<string, ElementNode>
  /** How often each attribute occurs. */
  attributes: Map<string, number>
  /** Elements of one name that are told apart by an attribute: `<param name="Colour">`. Null: not all have it. */
  keys: Map<string, Occurrences> | null
  keyAttribute: string | null
  /** Whether one of them has text of its own, besides white space. */
  hasText: boolean
  count: number
  /** Most of them within one parent. */
  perParentMax: number
}

export interface Occurrences {
  count: number
  perParentMax: number
}

/** What a document consists of, and where its text breaks off when it does. */
export class StructureReader implements MarkupHandler {
  readonly root: ElementNode = newNode('', null)
  readonly #states = new Map<ElementNode, State>()
  readonly #categories = new CategoryReader()
  #current: ElementNode = this.root
  #nodes = 0
  #keys = 0

  get wantsText(): boolean {
    return !this.#current.hasText || this.#categories.wantsText
  }

  get categories(): CategoryTree {
    return this.#categories.tree
  }

  /** The path of the element that is open, and how many of its kind there were: for messages. */
  place(): string {
    let node: ElementNode | null = this.#current
    while (node !== null && node.parent !== null && node.count <= 1) node = node.parent
    if (node === null || node.parent === null)
      return this.#current.name === '' ? '' : `, within <${this.#current.name}>`
    return `, within <${node.name}> number ${node.count}`
  }

  open(name: string, attributes: TagAttributes): void {
    const parent = this.#current
    const node = parent.children.get(name) ?? this.#add(name, parent)
    this.#current = node
    node.count++
    const state = this.#stateOf(node)
    count(node, state, parent.count)
    if (attributes.isEmpty) node.keys = null
    else this.#attributes(node, state, attributes)
    this.#categories.open(name, attributes)
  }

  text(text: string): void {
    this.#categories.text(text)
    if (!this.#current.hasText && text.trim() !== '') this.#current.hasText = true
  }

  close(name: string): void {
    this.#categories.close(name)
    this.#current = this.#current.parent ?? this.root
  }

  #add(name: string, parent: ElementNode): ElementNode {
    if (++this.#nodes > nodesMax) {
      throw new InvalidError(
        'too_many_elements',
        `The file has more than ${nodesMax} kinds of elements, so it is no list of records. Export it as CSV or XLSX.`,
      )
    }
    const node = newNode(name, parent)
    parent.children.set(name, node)
    return node
  }

  #stateOf(node: ElementNode): State {
    let state = this.#states.get(node)
    if (state === undefined) {
      state = { seenIn: -1, inParent: 0, keys: new Map() }
      this.#states.set(node, state)
    }
    return state
  }

  #attributes(node: ElementNode, state: State, attributes: TagAttributes): void {
    for (const [name, value] of attributes.all()) {
      const known = node.attributes.get(name)
      if (known !== undefined) node.attributes.set(name, known + 1)
      else if (node.attributes.size < attributesMax) node.attributes.set(detached(name), 1)
      if (node.count === 1 && isBetterKey(name, node.keyAttribute)) node.keyAttribute = detached(name)
      if (name === node.keyAttribute && node.keys !== null) this.#key(node, state, value)
    }
    if (node.keyAttribute === null || node.attributes.get(node.keyAttribute) !== node.count) node.keys = null
  }

  #key(node: ElementNode, state: State, value: string): void {
    const keys = node.keys!
    const key = value.trim()
    let known = keys.get(key)
    if (known === undefined) {
      if (keys.size >= keysMax || key.length > keyLengthMax || this.#keys >= allKeysMax) {
        node.keys = null
        return
      }
      this.#keys++
      known = { count: 0, perParentMax: 0 }
      keys.set(detached(key), known)
    }
    known.count++
    let keyState = state.keys.get(key)
    if (keyState === undefined) {
      keyState = { seenIn: -1, inParent: 0 }
      state.keys.set(detached(key), keyState)
    }
    count(known, keyState, node.parent!.count)
  }
}

/** Which instance of the parent was seen last, and how often there. */
interface Counter {
  seenIn: number
  inParent: number
}

interface State extends Counter {
  keys: Map<string, Counter>
}

/** The kinds of elements of any real feed are some hundred. */
const nodesMax = 20_000
const attributesMax = 1000
const keysMax = 4096
const allKeysMax = 100_000
const keyLengthMax = 200
/** What an attribute is called that says which of several elements of one name it is; the best first. */
const keyNames = ['name', 'key', 'type', 'currency', 'lang']

function isBetterKey(name: string, than: string | null): boolean {
  return keyRank(name) >= 0 && (than === null || keyRank(name) < keyRank(than))
}

function keyRank(attribute: string): number {
  return keyNames.indexOf(attribute.replace(/^.+[_-](?=type$)/, ''))
}

function newNode(name: string, parent: ElementNode | null): ElementNode {
  return {
    name,
    parent,
    children: new Map(),
    attributes: new Map(),
    keys: new Map(),
    keyAttribute: null,
    hasText: false,
    count: 0,
    perParentMax: 0,
  }
}

function count(what: { perParentMax: number }, counter: Counter, parentNumber: number): void {
  if (counter.seenIn !== parentNumber) {
    counter.seenIn = parentNumber
    counter.inParent = 0
  }
  counter.inParent++
  if (counter.inParent > what.perParentMax) what.perParentMax = counter.inParent
}
