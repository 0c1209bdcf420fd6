import { ByteWindow } from '../text/byte-window.ts'
import { SharedStrings, type SharedStringsOptions } from './shared-strings.ts'
import { afterPrefix, asciiWord, hasName, isSelfClosed, type Root, readRoot, tagEnd } from './tag.ts'
import { skipMarkup, TextReader } from './text.ts'
import { damagedPart, doctypeError } from './xml.ts'

/**
 * Reads the part that holds the shared strings.
 * @param pieces UTF-8, cut anywhere
 * @param sizeBytes what the table will take, about
 * @throws InvalidError `workbook_too_large`, `xml_doctype`, `damaged_workbook`
 */
export async function readSharedStrings(
  pieces: AsyncIterable<Buffer>,
  options: SharedStringsOptions,
  sizeBytes = 0,
): Promise<SharedStrings> {
  const scanner = new Scanner(options, sizeBytes)
  for await (const piece of pieces) scanner.push(piece)
  return scanner.end()
}

const exclamation = 0x21
const slash = 0x2f
const lessThan = 0x3c
const question = 0x3f
const greaterThan = 0x3e
const startOfItem = asciiWord('<si>')
const startOfText = asciiWord('<t>')
const endOfText = asciiWord('</t>')
const endOfItem = asciiWord('</si')
/** `<si><t></t></si>`, and what a word that begins within it may reach beyond. */
const plainTagsBytes = 20
/** What is kept of a text that is skipped, so that its closing tag is found where two pieces meet. */
const closingTagBytes = 64

class Scanner {
  readonly #options: SharedStringsOptions
  readonly #table: SharedStrings
  readonly #window = new ByteWindow()
  readonly #text = new TextReader()
  #viewed: Buffer = Buffer.alloc(0)
  #view: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0))
  #root: Root | null = null
  #isSkipping = false
  #isDone = false

  constructor(options: SharedStringsOptions, sizeBytes: number) {
    this.#options = options
    this.#table = new SharedStrings(options, sizeBytes)
  }

  push(piece: Buffer): void {
    if (!this.#isDone && this.#window.push(piece)) this.#scan()
  }

  end(): SharedStrings {
    if (!this.#isDone && this.#window.join()) this.#scan()
    if (!this.#isDone) throw damagedPart(this.#options.partName)
    return this.#table
  }

  #scan(): void {
    const { bytes } = this.#window
    if (this.#root === null) {
      this.#root = readRoot(bytes, bytes.length, 'sst', this.#options.partName)
      if (this.#root === null) {
        this.#refuseEndless()
        return
      }
      this.#window.at = this.#root.at
      this.#isDone = this.#root.isEmpty
    }
    while (!this.#isDone) {
      if (!this.#isSkipping && this.#root.prefix === '') this.#readPlainItems(bytes)
      const past = this.#isSkipping ? this.#skipRest(bytes) : this.#readElement(bytes, this.#root.prefix)
      if (past < 0) {
        if (!this.#isSkipping) this.#refuseEndless()
        return
      }
      this.#window.at = past
    }
  }

  /** Texts as nearly all programs write them: `<si><t>Bolt</t></si>`. Whatever looks different is left. */
  #readPlainItems(bytes: Buffer): void {
    if (bytes !== this.#viewed) {
      this.#viewed = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    const view = this.#view
    const last = bytes.length - plainTagsBytes
    const table = this.#table
    let { at } = this.#window
    while (at < last) {
      if (view.getInt32(at, true) !== startOfItem || (view.getInt32(at + 4, true) & 0xffffff) !== startOfText)
        break
      const end = table.appendPlain(bytes, at + 7, Math.min(last, at + this.#options.stringXmlBytesMax))
      const isPlain =
        end >= 0 &&
        view.getInt32(end, true) === endOfText &&
        view.getInt32(end + 4, true) === endOfItem &&
        bytes[end + 8] === greaterThan
      if (!isPlain) {
        table.discard()
        break
      }
      table.finish()
      at = end + 9
    }
    this.#window.at = at
  }

  /** One element or closing tag of the outermost level. @returns the position after it, or -1: incomplete */
  #readElement(bytes: Buffer, prefix: string): number {
    const end = bytes.length
    const at = bytes.indexOf(lessThan, this.#window.at)
    this.#window.at = at < 0 ? end : at
    if (at < 0 || at + 1 >= end) return -1
    const next = bytes[at + 1]
    if (next === exclamation || next === question) return this.#skipMarkup(bytes, at)
    const past = tagEnd(bytes, at, end)
    if (past < 0) return -1
    if (next === slash) {
      this.#isDone = hasName(bytes, afterPrefix(bytes, at + 2, prefix), 'sst')
      return past
    }
    if (!hasName(bytes, afterPrefix(bytes, at + 1, prefix), 'si')) return past
    const itemEnd = isSelfClosed(bytes, past) ? past : this.#readItem(bytes, past, prefix)
    if (itemEnd < 0) {
      this.#table.discard()
      this.#isSkipping = end - at > this.#options.stringXmlBytesMax
      return this.#isSkipping ? past : -1
    }
    const isTooLong = itemEnd - at > this.#options.stringXmlBytesMax
    if (isTooLong) this.#table.discard()
    this.#table.finish(isTooLong)
    return itemEnd
  }

  /** Appends the texts of one item, from after its opening tag. @returns the position after it, or -1 */
  #readItem(bytes: Buffer, from: number, prefix: string): number {
    const end = bytes.length
    let at = from
    let isPhonetic = false
    for (;;) {
      while (at < end && bytes[at] !== lessThan) at++
      if (at + 1 >= end) return -1
      const next = bytes[at + 1]
      if (next === exclamation || next === question) {
        at = this.#skipMarkup(bytes, at)
        if (at < 0) return -1
        continue
      }
      const past = tagEnd(bytes, at, end)
      if (past < 0) return -1
      const name = afterPrefix(bytes, next === slash ? at + 2 : at + 1, prefix)
      at = past
      if (next === slash) {
        if (hasName(bytes, name, 'si')) return past
        if (hasName(bytes, name, 'rPh')) isPhonetic = false
      } else if (isSelfClosed(bytes, past)) {
        // An empty element has no text.
      } else if (hasName(bytes, name, 'rPh')) {
        isPhonetic = true
      } else if (!isPhonetic && hasName(bytes, name, 't')) {
        at = this.#text.read(bytes, past, end)
        if (at < 0) return -1
        this.#append(bytes)
      }
    }
  }

  #append(bytes: Buffer): void {
    if (this.#text.isPlain) {
      this.#table.append(bytes, this.#text.from, this.#text.to, this.#text.isAscii)
    } else {
      const text = Buffer.from(this.#text.text(bytes))
      this.#table.append(text, 0, text.length, false)
    }
  }

  /** Goes on to the end of an item that is longer than any cell may be. */
  #skipRest(bytes: Buffer): number {
    const found = bytes.indexOf(`</${this.#root?.prefix ?? ''}si`, this.#window.at)
    if (found < 0) {
      this.#window.at = Math.max(this.#window.at, bytes.length - closingTagBytes)
      return -1
    }
    const past = tagEnd(bytes, found, bytes.length)
    if (past < 0) return -1
    this.#isSkipping = false
    this.#table.finish(true)
    return past
  }

  #skipMarkup(bytes: Buffer, at: number): number {
    const past = skipMarkup(bytes, at, bytes.length)
    if (past === -2) throw doctypeError(this.#options.partName)
    return past
  }

  /** Nothing but a text can be long; what does not end otherwise is no XML. */
  #refuseEndless(): void {
    if (this.#window.unused() > this.#options.stringXmlBytesMax) throw damagedPart(this.#options.partName)
  }
}
