import { InvalidError } from '../../../lib/errors.ts'
import { ByteWindow } from '../text/byte-window.ts'
import { JsonFault, jsonValue, mistakeAt, nestingMax } from './value.ts'

/** A list in a document: an array of objects, an array of arrays, or an object that holds the same kind of objects. */
export interface ElementList {
  /** "products", "data.items"; '' for the document itself. */
  path: string
  kind: 'objects' | 'arrays' | 'texts' | 'dictionary'
}

export interface JsonHandler {
  /**
   * One element of a list, whole. Elements of lists at the same path are one list.
   * @param bytes the element is bytes[from, to), in UTF-8; only valid during the call
   * @param key its name in a dictionary, else null
   */
  element(list: ElementList, key: string | null, bytes: Buffer, from: number, to: number): void
  /** A text or number that stands outside all lists. */
  scalar(path: string, text: string): void
}

/** What a first look at a document has shown; see `JsonElements`. */
export interface JsonLayout {
  /** Paths of objects that are lists. */
  dictionaries: Set<string>
  /** The document is one object, and no lists are looked for in it. */
  isRecord: boolean
}

/** The document is to be looked at again from its start: what was taken for its frame is a list. */
export class AnotherLook extends Error {}

interface Frame {
  path: string
  isObject: boolean
  list: ElementList | null
  /** The key that was read last. */
  key: string
  /** What comes next. */
  next: 'first' | 'value' | 'colon' | 'separator'
  /** Keys of texts and numbers, for an object; of the last object in it, for what is around that. */
  ownKeys: string[]
  innerKeys: string[] | null
}

/**
 * Splits a JSON document into the elements of its lists, without reading them: brackets and quotes are counted, byte
 * by byte. Where the pieces are cut makes no difference. Only an element at a time is in memory.
 */
export class JsonElements {
  readonly #handler: JsonHandler
  readonly #layout: JsonLayout
  readonly #elementBytesMax: number
  readonly #window = new ByteWindow()
  readonly #frames: Frame[] = []
  readonly #lists = new Map<string, ElementList>()
  #joinedBytes = 0
  #waitingBytes = 0
  #isStarted = false
  #isObject = false
  #elements = 0

  /** @param layout is added to before `AnotherLook` is thrown */
  constructor(handler: JsonHandler, options: { layout: JsonLayout; elementBytesMax: number }) {
    this.#handler = handler
    this.#layout = options.layout
    this.#elementBytesMax = options.elementBytesMax
  }

  /**
   * The piece may be used again afterwards.
   * @throws InvalidError `invalid_json`, `truncated_json`, `element_too_long`; AnotherLook
   */
  push(piece: Buffer): void {
    this.#waitingBytes += piece.length
    if (!this.#window.push(piece)) return
    this.#joined()
    this.#read(false)
  }

  end(): void {
    this.#window.join()
    this.#joined()
    this.#read(true)
    if (this.#isStarted && this.#frames.length === 0) return
    const frame = this.#frames.at(-1)
    const where =
      frame === undefined || frame.list === null
        ? ''
        : ` behind ${this.#elements} elements of ${listName(frame.list)}`
    throw new InvalidError(
      'truncated_json',
      `The document ends in the middle${where}, as when a download was cut short. Fetch or save the file again.`,
    )
  }

  /** @returns the 0-based place of `at` in all bytes so far */
  position(at: number): number {
    return this.#joinedBytes - this.#window.bytes.length + at
  }

  #joined(): void {
    this.#joinedBytes += this.#waitingBytes
    this.#waitingBytes = 0
  }

  #read(isEnd: boolean): void {
    const window = this.#window
    const { bytes } = window
    for (;;) {
      window.at = blanksEnd(bytes, window.at)
      if (window.at >= bytes.length) return
      const before = window.at
      const isDone = this.#step(bytes, before, isEnd)
      if (isDone) continue
      if (bytes.length - before > this.#elementBytesMax)
        throw new InvalidError(
          'element_too_long',
          `Something in the document is longer than ${this.#elementBytesMax} bytes (at byte ${this.position(before) + 1}). Write its items as the elements of one array.`,
        )
      return
    }
  }

  /** Takes what begins at `at`. @returns false when it is not all there */
  #step(bytes: Buffer, at: number, isEnd: boolean): boolean {
    const frame = this.#frames.at(-1)
    if (frame === undefined) {
      if (this.#isStarted) throw new ContinuedDocument(this.position(at), this.#isObject)
      return this.#begin(bytes, at, isEnd)
    }
    const code = bytes[at]!
    const close = frame.isObject ? 125 : 93
    if (code === close && (frame.next === 'first' || frame.next === 'separator')) {
      this.#window.at++
      this.#close()
      return true
    }
    if (frame.next === 'separator') {
      if (code !== 44) throw this.#damaged(bytes, at)
      this.#window.at++
      frame.next = 'value'
      return true
    }
    if (frame.next === 'colon') {
      if (code !== 58) throw this.#damaged(bytes, at)
      const from = blanksEnd(bytes, at + 1)
      if (from >= bytes.length) return false
      return this.#value(frame, bytes, from, isEnd)
    }
    if (!frame.isObject) return this.#value(frame, bytes, at, isEnd)
    if (code !== 34) throw this.#damaged(bytes, at)
    const end = textEnd(bytes, at)
    if (end < 0) return false
    frame.key = String(this.#parsed(bytes, at, end))
    this.#window.at = end
    frame.next = 'colon'
    return true
  }

  #begin(bytes: Buffer, at: number, isEnd: boolean): boolean {
    const around: Frame = { ...newFrame('', false), next: 'value' }
    if (bytes[at] !== 123 && bytes[at] !== 91) throw this.#damaged(bytes, at)
    if (this.#layout.isRecord && bytes[at] === 123) around.list = this.#list('', 'objects')
    const isDone = this.#value(around, bytes, at, isEnd)
    this.#isStarted ||= isDone
    this.#isObject = bytes[at] === 123
    return isDone
  }

  /** Takes the value that begins at `at`, or of an array or object of the frame its beginning. */
  #value(frame: Frame, bytes: Buffer, at: number, isEnd: boolean): boolean {
    const code = bytes[at]!
    if (frame.list !== null) {
      const end = valueEnd(bytes, at, isEnd)
      if (end < 0) return false
      // Brackets that close nothing, and the like.
      if (end === at) throw this.#damaged(bytes, at)
      this.#elements++
      this.#handler.element(frame.list, frame.isObject ? frame.key : null, bytes, at, end)
      return this.#taken(frame, end)
    }
    const path = this.#pathIn(frame)
    if (code === 123) {
      this.#open(
        {
          ...newFrame(path, true),
          list: this.#layout.dictionaries.has(path) ? this.#list(path, 'dictionary') : null,
        },
        at + 1,
      )
      frame.next = 'separator'
      return true
    }
    if (code === 91) {
      const kind = this.#kindOf(bytes, at)
      if (kind === null && !isEnd) return false
      const list = kind === null || kind === 'frame' ? null : this.#list(path, kind)
      this.#open({ ...newFrame(path, false), list }, at + 1)
      frame.next = 'separator'
      return true
    }
    const end = valueEnd(bytes, at, isEnd)
    if (end < 0) return false
    if (end === at) throw this.#damaged(bytes, at)
    const value = this.#parsed(bytes, at, end)
    if (frame.ownKeys.length < comparedKeysMax) frame.ownKeys.push(frame.key)
    this.#handler.scalar(path, String(value))
    return this.#taken(frame, end)
  }

  #taken(frame: Frame, end: number): boolean {
    this.#window.at = end
    frame.next = 'separator'
    return true
  }

  #open(frame: Frame, at: number): void {
    if (this.#frames.length === nestingMax)
      throw this.#broken(`is nested deeper than ${nestingMax} levels`, at - 1)
    this.#frames.push(frame)
    this.#window.at = at
    if (frame.list !== null) this.#elements = 0
  }

  #close(): void {
    const frame = this.#frames.pop()!
    const around = this.#frames.at(-1)
    if (!frame.isObject || around === undefined || !around.isObject || frame.list !== null) return
    // Two objects of the same kind side by side: what holds them is a list of such.
    if (around.innerKeys !== null && areAlike(around.innerKeys, frame.ownKeys)) {
      this.#layout.dictionaries.add(around.path)
      throw new AnotherLook()
    }
    around.innerKeys = frame.ownKeys
  }

  /** What an array holds, by what its first element begins with; null: that is not there yet. */
  #kindOf(bytes: Buffer, at: number): ElementList['kind'] | 'frame' | null {
    let first = blanksEnd(bytes, at + 1)
    while (bytes.toString('latin1', first, first + 4) === 'null') {
      const comma = blanksEnd(bytes, first + 4)
      if (bytes[comma] === 93) return 'frame'
      first = blanksEnd(bytes, comma + 1)
    }
    if (first + 4 > bytes.length) return null
    if (bytes[first] === 123) return 'objects'
    if (bytes[first] !== 91) return bytes[first] === 93 ? 'frame' : 'texts'
    const inner = blanksEnd(bytes, first + 1)
    if (inner >= bytes.length) return null
    // Pages of a list, each an array of its own.
    return bytes[inner] === 123 ? 'frame' : 'arrays'
  }

  #list(path: string, kind: ElementList['kind']): ElementList {
    const id = `${kind} ${path}`
    const known = this.#lists.get(id)
    if (known !== undefined) return known
    if (this.#lists.size === listsMax)
      throw new InvalidError(
        'too_many_lists',
        `The JSON document holds more than ${listsMax} arrays outside its lists. Write its items as the elements of one array.`,
      )
    const list = { path, kind }
    this.#lists.set(id, list)
    return list
  }

  #pathIn({ path, isObject, key }: Frame): string {
    if (!isObject) return path
    return path === '' ? key : `${path}.${key}`
  }

  #parsed(bytes: Buffer, from: number, to: number) {
    try {
      return jsonValue(bytes.toString('utf8', from, to))
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error
      throw this.#broken(error.message, from)
    }
  }

  #damaged(bytes: Buffer, at: number): DocumentFault {
    const from = Math.max(0, at - 100)
    const text = bytes.toString('latin1', from, at + 1)
    return this.#broken(`is damaged${mistakeAt(text, at - from)}`, at)
  }

  #broken(what: string, at: number): DocumentFault {
    return new DocumentFault(what, this.position(at))
  }
}

/** The document cannot be trusted from some place on; whoever knows the file says on which line that is. */
export class DocumentFault extends Error {
  /** 0-based, in bytes of UTF-8 without the byte order mark. */
  readonly position: number
  /** What the message is about. */
  readonly subject: string

  constructor(what: string, position: number, subject = 'The JSON document') {
    super(what)
    this.position = position
    this.subject = subject
  }
}

/** Something stands behind the document: another one, or rubbish. */
export class ContinuedDocument extends DocumentFault {
  /** Whether the document is an object. */
  readonly isObject: boolean

  constructor(position: number, isObject: boolean) {
    super('goes on behind its end; put its lists into one array', position)
    this.isObject = isObject
  }
}

export function listName({ path }: Pick<ElementList, 'path'>): string {
  return path === '' ? 'the list' : `"${path.slice(0, 100)}"`
}

function newFrame(path: string, isObject: boolean): Frame {
  return { path, isObject, list: null, key: '', next: 'first', ownKeys: [], innerKeys: null }
}

const comparedKeysMax = 100
/** Those of texts and numbers counted. */
const listsMax = 10_000

/** Objects with two texts or numbers or more, most of them under the same keys. */
function areAlike(one: string[], other: string[]): boolean {
  const shared = one.filter((key) => other.includes(key)).length
  return shared >= 2 && shared >= Math.max(one.length, other.length) * 0.6
}

function blanksEnd(bytes: Buffer, from: number): number {
  let at = from
  for (; at < bytes.length; at++) {
    const code = bytes[at]!
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break
  }
  return at
}

/** @returns -1: it is not all there */
function valueEnd(bytes: Buffer, from: number, isEnd: boolean): number {
  const first = bytes[from]!
  if (first === 34) return textEnd(bytes, from)
  if (first === 123 || first === 91) return bracketsEnd(bytes, from)
  let at = from
  for (; at < bytes.length; at++) {
    const code = bytes[at]!
    if (code === 44 || code === 93 || code === 125 || code <= 32) return at
  }
  return isEnd ? at : -1
}

function textEnd(bytes: Buffer, from: number): number {
  const { length } = bytes
  for (let at = from + 1; at < length; at++) {
    const code = bytes[at]!
    if (code === 34) return at + 1
    if (code === 92) at++
  }
  return -1
}

/** Bytes beyond ASCII are never half of a bracket or a quote. */
function bracketsEnd(bytes: Buffer, from: number): number {
  const { length } = bytes
  let depth = 0
  for (let at = from; at < length; at++) {
    const code = bytes[at]!
    if (code === 34) {
      at++
      while (at < length && bytes[at] !== 34) at += bytes[at] === 92 ? 2 : 1
    } else if (code === 123 || code === 91) depth++
    else if ((code === 125 || code === 93) && --depth === 0) return at + 1
  }
  return -1
}
