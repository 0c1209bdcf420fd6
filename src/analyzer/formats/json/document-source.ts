import { InvalidError } from '../../../lib/errors.ts'
import type { Choice } from '../../table/card/choice.ts'
import type { ReadLimits } from '../format.ts'
import { refuseCutLine } from '../text/cut-line.ts'
import { encodingOf, utf8Of } from '../text/text-file.ts'
import { textLines } from '../text/text-lines.ts'
import {
  AnotherLook,
  ContinuedDocument,
  DocumentFault,
  type ElementList,
  JsonElements,
  type JsonLayout,
  listName,
} from './elements.ts'
import { JsonFault, type JsonValue, jsonReader } from './value.ts'

/** One element of a list: its value, or why it has none. */
export interface Element {
  list: ElementList
  /** In an object that is a list. */
  key: string | null
  /** 0-based, among all of its list; of lines, the line's. */
  index: number
  /** As it is written. */
  text: string
  value: JsonValue | null
  fault: { code: string; message: string; raw: string } | null
}

export interface DocumentSource {
  encoding: string
  /** How surely it is that. */
  encodingChoice: Choice
  layout: JsonLayout
  /** Whether every line is a document of its own. */
  isLines(): boolean
  /**
   * Reads the document from its start and hands each element over as it comes.
   * @throws InvalidError `invalid_json`, `truncated_json`, `element_too_long`, `line_too_long`; AnotherLook, when
   * something was found out that changes what the elements are
   */
  elements(
    take: (element: Element) => void,
    scalar?: (path: string, text: string) => void,
  ): AsyncGenerator<{ bytesRead: number }>
}

/** So many characters of an element that cannot be taken are shown. */
const rawMax = 200

/** @throws InvalidError `unknown_encoding` */
export async function documentSource(
  path: string,
  options: { encoding: string | null; limits: ReadLimits; chunkBytes: number },
): Promise<DocumentSource> {
  const { limits, chunkBytes } = options
  const encodingChoice = await encodingOf(path, options.encoding)
  const encoding = encodingChoice.value
  const layout: JsonLayout = { dictionaries: new Set(), isRecord: false }
  let isLines = false

  async function* lineElements(take: (element: Element) => void): AsyncGenerator<{ bytesRead: number }> {
    const list: ElementList = { path: '', kind: 'objects' }
    const read = jsonReader()
    for await (const { lines, bytesRead, isEnded } of textLines(path, encoding, limits)) {
      for (const { number, text } of lines) {
        const at = { list, key: null, index: number - 1, text }
        try {
          take({ ...at, value: read(text), fault: null })
        } catch (error) {
          if (!(error instanceof JsonFault)) throw error
          if (!isEnded) refuseCutLine(number, text)
          // The next line begins in a place that is known, however damaged this one is.
          take({ ...at, value: null, fault: faultOf(error, text, `Line ${number}`) })
        }
      }
      yield { bytesRead }
    }
  }

  async function* documentElements(
    take: (element: Element) => void,
    scalar: (path: string, text: string) => void,
  ): AsyncGenerator<{ bytesRead: number }> {
    const counts = new Map<ElementList, number>()
    const read = jsonReader()
    const split: JsonElements = new JsonElements(
      {
        element(list, key, bytes, from, to) {
          const index = counts.get(list) ?? 0
          counts.set(list, index + 1)
          const text = bytes.toString('utf8', from, to)
          let value: JsonValue | null = null
          let fault: Element['fault'] = null
          try {
            value = read(text)
          } catch (error) {
            if (!(error instanceof JsonFault)) throw error
            const name = `Element ${index + 1} of ${listName(list)}`
            if (error.isOpen) {
              const before = Buffer.byteLength(text.slice(0, error.at))
              throw new DocumentFault(error.message, split.position(from) + before, name)
            }
            fault = faultOf(error, text, name)
          }
          take({ list, key, index, text, value, fault })
        },
        scalar,
      },
      { layout, elementBytesMax: limits.cellCharactersMax * 4 },
    )
    for await (const { bytes, bytesRead } of utf8Of(path, encoding, chunkBytes)) {
      split.push(bytes)
      yield { bytesRead }
    }
    split.end()
    yield { bytesRead: 0 }
  }

  return {
    encoding,
    encodingChoice,
    layout,
    isLines: () => isLines,
    async *elements(take, scalar = () => {}) {
      if (isLines) {
        yield* lineElements(take)
        return
      }
      try {
        yield* documentElements(take, scalar)
      } catch (error) {
        if (!(error instanceof DocumentFault)) throw error
        const line = await lineAt(path, encoding, error.position)
        if (error instanceof ContinuedDocument && error.isObject && line === 2) {
          isLines = true
          throw new AnotherLook()
        }
        throw new InvalidError(
          'invalid_json',
          `${error.subject} ${error.message} (line ${line}, byte ${error.position + 1}). Nothing behind it can be trusted; have the file written again.`,
        )
      }
    },
  }
}

function faultOf({ code, message, at }: JsonFault, text: string, name: string): Element['fault'] {
  const where = code === 'invalid_json' ? ` (at character ${at + 1})` : ''
  return { code, message: `${name} ${message}${where}.`, raw: text.slice(0, rawMax) }
}

/** The 1-based line of a byte, counted in the text as UTF-8. */
async function lineAt(path: string, encoding: string, position: number): Promise<number> {
  let line = 1
  let left = position
  for await (const { bytes } of utf8Of(path, encoding, 64 * 1024)) {
    const here = bytes.subarray(0, Math.max(0, left))
    for (let at = here.indexOf(10); at >= 0; at = here.indexOf(10, at + 1)) line++
    left -= bytes.length
    if (left <= 0) break
  }
  return line
}
