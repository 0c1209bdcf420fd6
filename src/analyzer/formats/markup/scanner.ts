import { InvalidError } from '../../../lib/errors.ts'
import { TagAttributes } from './attributes.ts'
import { decodeReferences, type References } from './entities.ts'
import { type ElementName, ElementNames } from './names.ts'

/** What a scanner tells. Names are local ones, without a prefix; in HTML they are in lower case. */
export interface MarkupHandler {
  /** Whether the text that follows is asked for; looked at before every text. What nobody wants costs nothing. */
  readonly wantsText: boolean
  /** @param attributes only valid during the call */
  open(name: string, attributes: TagAttributes): void
  /** All text up to the next tag at once: CDATA sections are part of it, comments are not. Never empty. */
  text(text: string): void
  /** Also for an element that is empty: `<a/>`. */
  close(name: string): void
}

export interface MarkupLimits {
  /** Of one text between tags, as it is written. */
  textCharactersMax: number
}

export interface MarkupOptions {
  limits: MarkupLimits
  /** HTML is lenient: nothing needs to be closed, names have no case, and it knows more entities. */
  dialect: 'xml' | 'html'
  /** Begins every message: "The file", "The part content.xml". */
  what: string
  /** Says how far it came, for messages: ", within record 12". */
  place: () => string
}

/**
 * Reads XML or HTML from text that comes in pieces; where they are cut makes no difference. Nothing is ever fetched,
 * and no entity is defined: a DOCTYPE that declares something ends the reading.
 *
 * What XML forbids and suppliers write all the same is text: a lone "&" or "<", references to unknown entities.
 */
export class MarkupScanner {
  readonly #handler: MarkupHandler
  readonly #options: MarkupOptions
  readonly #isHtml: boolean
  readonly #references: References
  readonly #names: ElementNames
  readonly #attributes: TagAttributes
  readonly #open: ElementName[] = []
  #text = ''
  #at = 0
  /** Text before the next tag: first what is final, then what references may still stand in. */
  #decoded = ''
  #raw = ''
  #wantsText = false
  /** The end of what is being passed over: "-->" of a comment; '' for nothing. */
  #passing = ''
  #hasElement = false

  constructor(handler: MarkupHandler, options: MarkupOptions) {
    this.#handler = handler
    this.#options = options
    this.#isHtml = options.dialect === 'html'
    this.#references = this.#isHtml ? 'html' : 'xml'
    this.#names = new ElementNames(this.#isHtml)
    this.#attributes = new TagAttributes(this.#references)
  }

  /** @throws InvalidError `xml_doctype`, `damaged_xml`, `cell_too_long`, `too_deep`, `too_many_attributes` */
  push(piece: string): void {
    this.#text = this.#at >= this.#text.length ? piece : this.#text.slice(this.#at) + piece
    this.#at = 0
    this.#scan()
  }

  /** @throws InvalidError `damaged_xml` when something is not closed */
  end(): void {
    if (this.#isHtml) {
      this.#raw += this.#passing === '' && this.#handler.wantsText ? this.#text.slice(this.#at) : ''
      this.#flush()
      return
    }
    if (this.#passing !== '' || this.#at < this.#text.length || this.#open.length > 0) {
      const last = this.#open.at(-1)
      const within = last === undefined ? '' : ` within <${last.full}>`
      throw this.#damaged(`ends${within} before everything is closed: it is cut off`)
    }
    if (!this.#hasElement) throw this.#damaged('holds no element')
  }

  #scan(): void {
    const text = this.#text
    if (this.#passing !== '' && !this.#pass()) return
    for (;;) {
      this.#wantsText = this.#handler.wantsText
      const tag = text.indexOf('<', this.#at)
      if (tag < 0) {
        this.#take(text.length)
        return
      }
      if (tag > this.#at) this.#take(tag)
      const next = text.charCodeAt(tag + 1)
      const isDone =
        next === slash
          ? this.#closingTag(tag)
          : next === exclamation || next === question
            ? this.#declaration(tag)
            : startsName(next)
              ? this.#openingTag(tag)
              : tag + 1 < text.length && this.#loneBracket(tag)
      if (!isDone) return
    }
  }

  /** Takes the text up to `to`, or leaves it where nobody wants it. */
  #take(to: number): void {
    if (this.#wantsText) {
      this.#raw += this.#text.slice(this.#at, to)
      this.#checkLength()
    } else if (this.#open.length === 0 && !this.#isHtml && !isBlank(this.#text, this.#at, to)) {
      throw this.#damaged(this.#hasElement ? 'goes on with text after its end' : 'begins with text')
    }
    this.#at = to
  }

  #checkLength(): void {
    const { textCharactersMax } = this.#options.limits
    if (this.#raw.length + this.#decoded.length <= textCharactersMax) return
    throw new InvalidError(
      'cell_too_long',
      `${this.#options.what} has a text of more than ${textCharactersMax} characters${this.#options.place()}. Shorten it, or leave it out.`,
    )
  }

  #flush(): void {
    if (this.#raw === '' && this.#decoded === '') return
    const text = this.#decoded + decodeReferences(withLineFeeds(this.#raw), this.#references)
    this.#raw = ''
    this.#decoded = ''
    if (text !== '') this.#handler.text(text)
  }

  #loneBracket(tag: number): boolean {
    if (this.#wantsText) this.#raw += '<'
    else if (this.#open.length === 0 && !this.#isHtml) throw this.#damaged('begins with text')
    this.#at = tag + 1
    return true
  }

  /** @returns false when the tag does not end yet */
  #openingTag(tag: number): boolean {
    const text = this.#text
    const name = this.#names.at(text, tag + 1)
    const nameEnd = tag + 1 + name.full.length
    let past = nameEnd
    if (text.charCodeAt(nameEnd) === greaterThan) past++
    else {
      past = tagEnd(text, nameEnd)
      if (past < 0) return this.#wait(tag)
    }
    const isEmpty = text.charCodeAt(past - 2) === slash
    this.#flush()
    this.#at = past
    if (this.#open.length === 0 && this.#hasElement && !this.#isHtml)
      throw this.#damaged(`goes on with <${name.full}> after its end`)
    this.#hasElement = true
    this.#attributes.reset(text, nameEnd, past - (isEmpty ? 2 : 1))
    if (this.#attributes.isTooMany) {
      throw new InvalidError(
        'too_many_attributes',
        `${this.#options.what} has an element with more than ${TagAttributes.countMax} attributes${this.#options.place()}.`,
      )
    }
    this.#handler.open(name.local, this.#attributes)
    if (isEmpty && !this.#isHtml) this.#handler.close(name.local)
    else if (!this.#isHtml) this.#push(name)
    else if (name.local === 'script' || name.local === 'style') {
      this.#passing = `</${name.local}`
      return this.#pass()
    }
    return true
  }

  #push(name: ElementName): void {
    this.#open.push(name)
    if (this.#open.length <= depthMax) return
    throw new InvalidError(
      'too_deep',
      `${this.#options.what} nests elements more than ${depthMax} deep${this.#options.place()}.`,
    )
  }

  #closingTag(tag: number): boolean {
    const text = this.#text
    const end = text.indexOf('>', tag + 2)
    if (end < 0) return this.#wait(tag)
    this.#flush()
    this.#at = end + 1
    if (this.#isHtml) {
      this.#handler.close(this.#names.at(text, tag + 2).local)
      return true
    }
    const open = this.#open.pop()
    if (open === undefined || !isNameAt(text, tag + 2, end, open.full)) {
      const found = text.slice(tag + 2, Math.min(end, tag + 62)).trim()
      throw this.#damaged(
        open === undefined
          ? `closes <${found}>, which is not open`
          : `closes <${found}> where <${open.full}> is open`,
      )
    }
    this.#handler.close(open.local)
    return true
  }

  /** Comments, instructions, CDATA sections and document types. */
  #declaration(tag: number): boolean {
    const text = this.#text
    if (text.charCodeAt(tag + 1) === question) return this.#passFrom(tag, 2, this.#isHtml ? '>' : '?>')
    if (text.startsWith('<!--', tag)) return this.#passFrom(tag, 4, '-->')
    if (text.startsWith('<![CDATA[', tag)) return this.#cdata(tag)
    if (text.length - tag < '<!doctype '.length) return this.#wait(tag)
    if (this.#isHtml) return this.#passFrom(tag, 2, '>')
    if (!/^<!doctype\s/i.test(text.slice(tag, tag + 10)) || this.#hasElement)
      throw this.#damaged('holds a declaration that is no comment')
    return this.#doctype(tag)
  }

  /** Names a file at most, which is not fetched. */
  #doctype(tag: number): boolean {
    const past = tagEnd(this.#text, tag + 9, true)
    const declared = (past < 0 ? this.#text.slice(tag) : this.#text.slice(tag, past)).replace(quoted, '')
    if (declared.includes('[')) {
      throw new InvalidError(
        'xml_doctype',
        `${this.#options.what} has a document type declaration with declarations of its own, which could name files or grow without end. It is refused; export it without one.`,
      )
    }
    if (past < 0) return this.#wait(tag)
    this.#at = past
    return true
  }

  #cdata(tag: number): boolean {
    const text = this.#text
    const from = tag + '<![CDATA['.length
    if (!this.#wantsText) return this.#passFrom(tag, from - tag, ']]>')
    const end = text.indexOf(']]>', from)
    if (end < 0) return this.#wait(tag)
    this.#decoded += decodeReferences(withLineFeeds(this.#raw), this.#references)
    this.#decoded += withLineFeeds(text.slice(from, end))
    this.#raw = ''
    this.#checkLength()
    this.#at = end + 3
    return true
  }

  #passFrom(tag: number, length: number, end: string): boolean {
    this.#at = tag + length
    this.#passing = end
    return this.#pass()
  }

  /** Passes over what has no meaning, of any length. @returns whether its end was there */
  #pass(): boolean {
    const isScript = this.#passing.startsWith('</')
    const found = isScript
      ? indexOfAnyCase(this.#text, this.#passing, this.#at)
      : this.#text.indexOf(this.#passing, this.#at)
    if (found < 0) {
      this.#at = Math.max(this.#at, this.#text.length - this.#passing.length + 1)
      return false
    }
    this.#at = isScript ? found : found + this.#passing.length
    this.#passing = ''
    return true
  }

  #wait(tag: number): false {
    if (this.#text.length - tag > Math.max(tagCharactersMax, this.#options.limits.textCharactersMax)) {
      throw this.#damaged('has a tag or a section that does not end')
    }
    return false
  }

  #damaged(what: string): InvalidError {
    return new InvalidError(
      'damaged_xml',
      `${this.#options.what} is not well-formed: it ${what}${this.#options.place()}. Fetch or export it again.`,
    )
  }
}

const exclamation = 0x21
const doubleQuote = 0x22
const singleQuote = 0x27
const slash = 0x2f
const equals = 0x3d
const greaterThan = 0x3e
const question = 0x3f
/** Documents of people have some dozen levels. */
const depthMax = 100
const tagCharactersMax = 1_000_000
/** The last one may not have ended yet. */
const quoted = /"[^"]*(?:"|$)|'[^']*(?:'|$)/g

function startsName(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code >= 0x80
}

/**
 * The position after the tag, -1 when it does not end yet. A ">" in quotes does not end it; quotes begin after "=".
 * @param from behind the tag's name
 * @param isDoctype whose quotes stand alone
 */
function tagEnd(text: string, from: number, isDoctype = false): number {
  let before = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === greaterThan) return at + 1
    if ((code === doubleQuote || code === singleQuote) && (before === equals || isDoctype)) {
      at = text.indexOf(code === doubleQuote ? '"' : "'", at + 1)
      if (at < 0) return -1
      before = 0
    } else if (code > 0x20) before = code
  }
  return -1
}

function isNameAt(text: string, from: number, to: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (text.charCodeAt(from + i) !== name.charCodeAt(i)) return false
  for (let at = from + name.length; at < to; at++) if (text.charCodeAt(at) > 0x20) return false
  return from + name.length <= to
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x20 && code !== 0xfeff) return false
  }
  return true
}

function indexOfAnyCase(text: string, lower: string, from: number): number {
  for (let at = text.indexOf('</', from); at >= 0; at = text.indexOf('</', at + 2)) {
    if (text.slice(at, at + lower.length).toLowerCase() === lower) return at
  }
  return -1
}

/** As XML demands of every parser. */
function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}
