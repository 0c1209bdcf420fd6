import { InvalidError } from '../../../lib/errors.ts'
import { headerNames } from '../../table/header/header-names.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'
import { type RecordColumns, recordColumns } from './columns.ts'
import type { DocumentSource, Element } from './document-source.ts'
import { AnotherLook, type ElementList, listName } from './elements.ts'
import { cellOf, recordRows } from './record-rows.ts'
import { isObject, type Room, Shape, survey } from './shape.ts'
import type { JsonObject, JsonValue } from './value.ts'

/** A list of a document, with what its rows need. */
export interface JsonList extends ElementList {
  /** Null: a list of arrays, whose first row may be one. */
  headers: string[] | null
  /** Starts at the list's first element: call what it returns with every element, and it gives the rows. */
  reader(give: (row: Row) => void): (element: Element) => void
}

const looksMax = 50
const listsMax = 1000
const textListsMax = 100
const headerLengthMax = 1000
/** A price list that says its currency once says it so. */
const currencyHeader = 'currency'
const currencyLengthMax = 20

/**
 * Looks through a whole document for its lists and their columns.
 * @throws InvalidError as `DocumentSource.elements`, `too_many_lists`, `too_many_columns`
 */
export async function surveyLists(source: DocumentSource, limits: ReadLimits): Promise<JsonList[]> {
  for (let look = 0; look < looksMax; look++) {
    try {
      const found = await surveyOnce(source, limits)
      if (found.length > 0 || source.layout.isRecord || source.isLines()) return found
      // No list: it may be one article.
      source.layout.isRecord = true
    } catch (error) {
      if (!(error instanceof AnotherLook)) throw error
    }
  }
  throw tooManyLists(looksMax)
}

async function surveyOnce(source: DocumentSource, limits: ReadLimits): Promise<JsonList[]> {
  const found = new Map<string, Found>()
  const texts = new Map<string, string[]>()
  const currencies = new Set<string>()
  const names = headerNames()

  const take = ({ list, value }: Element) => {
    if (list.kind === 'texts') {
      addText(texts, list.path, value, limits.columnsMax)
      return
    }
    const id = `${list.kind} ${list.path}`
    let known = found.get(id)
    if (known === undefined) {
      if (found.size === listsMax) throw tooManyLists(listsMax)
      known = { list, shape: new Shape(), room: { left: limits.columnsMax * 2 }, width: 0 }
      found.set(id, known)
    }
    if (value === null || typeof value !== 'object') return
    if (isObject(value)) survey(known.shape, value, known.room)
    else if (value.length > limits.columnsMax)
      throw new InvalidError(
        'too_many_columns',
        `An element of ${listName(list)} has ${value.length} values; at most ${limits.columnsMax} are read.`,
      )
    else known.width = Math.max(known.width, value.length)
  }
  const scalar = (path: string, text: string) => {
    if (path === '@type' && /^Product(Group)?$/.test(text)) {
      source.layout.isRecord = true
      throw new AnotherLook()
    }
    const score = names.quick(path.slice(path.lastIndexOf('.') + 1)).currency ?? 0
    if (score >= 0.9 && text !== '' && text.length <= currencyLengthMax) currencies.add(text)
  }
  for await (const _ of source.elements(take, scalar));

  const currency = currencies.size === 1 ? [...currencies][0]! : null
  return [...found.values()].map((each) =>
    each.list.kind === 'arrays'
      ? arrayList(each, headerTexts(each, texts), limits)
      : objectList(each, { columns: recordColumns(each.shape, limits.columnsMax), currency, limits }),
  )
}

interface Found {
  list: ElementList
  shape: Shape
  room: Room
  width: number
}

function addText(
  texts: Map<string, string[]>,
  path: string,
  value: JsonValue | null,
  lengthMax: number,
): void {
  const known = texts.get(path)
  if (known === undefined && texts.size === textListsMax) return
  const list = known ?? []
  texts.set(path, list)
  if (list.length <= lengthMax)
    list.push(value === null ? '' : String(cellOf(value)).slice(0, headerLengthMax))
}

/** {"columns": ["sku", …], "data": [["A-1", …], …]}: as many texts as the rows have values, beside them. */
function headerTexts({ list, width }: Found, texts: Map<string, string[]>): string[] | null {
  const parent = list.path.slice(0, Math.max(0, list.path.lastIndexOf('.')))
  for (const [path, found] of texts) {
    const isBeside = path.slice(0, Math.max(0, path.lastIndexOf('.'))) === parent
    if (isBeside && found.length === width && new Set(found).size === width) return found
  }
  return null
}

function arrayList({ list }: Found, headers: string[] | null, limits: ReadLimits): JsonList {
  return {
    ...list,
    headers,
    reader: (give) => (element) => {
      const { index, value, fault } = element
      if (fault !== null) give({ index, cells: [], fault })
      else if (Array.isArray(value))
        give(checked({ index, cells: value.map((each) => cellOf(each)) }, element, limits))
      else give({ index, cells: [], fault: noneOf(element, 'array') })
    },
  }
}

function objectList(
  { list }: Found,
  { columns, currency, limits }: { columns: RecordColumns; currency: string | null; limits: ReadLimits },
): JsonList {
  const { root } = columns
  const headers = [...columns.headers]
  const keyAt = list.kind === 'dictionary' ? headers.push(headers.includes('id') ? 'key' : 'id') - 1 : -1
  const names = headerNames()
  const isStated = headers.some((header) => (names.quick(header).currency ?? 0) >= 0.68)
  const currencyAt = currency === null || isStated ? -1 : headers.push(currencyHeader) - 1
  return {
    ...list,
    headers,
    reader(give) {
      let last = -1
      return (element) => {
        const { key, value, fault } = element
        // Of a record that holds several articles each is a row, and the count goes on from there.
        const next = () => {
          last = Math.max(last + 1, element.index)
          return last
        }
        if (fault !== null) give({ index: next(), cells: [], fault })
        else if (value === null || !isObject(value))
          give({ index: next(), cells: [], fault: noneOf(element, 'object') })
        else
          for (const cells of recordRows(root, groupHeading(value) ?? value, headers.length)) {
            if (keyAt >= 0) cells[keyAt] = key ?? ''
            if (currencyAt >= 0) cells[currencyAt] = currency!
            give(checked({ index: next(), cells }, element, limits))
          }
      }
    },
  }
}

/**
 * In JSON-LD a group of products may stand before its products, with properties that are none of an article: only its
 * name is left then, as in a heading. Null: it is something else.
 */
function groupHeading({ keys, values }: JsonObject): JsonObject | null {
  const inner = values[keys.indexOf('item')]
  if (inner !== undefined && isObject(inner)) {
    const heading = groupHeading(inner)
    return heading === null ? null : { keys: ['item'], values: [heading] }
  }
  const name = values[keys.indexOf('name')]
  const isGroup = values[keys.indexOf('@type')] === 'ProductGroup'
  if (!isGroup || name === undefined || ['offers', 'hasVariant', 'sku'].some((key) => keys.includes(key)))
    return null
  return { keys: ['name'], values: [name] }
}

function checked(row: Row, { list, index }: Element, { cellCharactersMax }: ReadLimits): Row {
  const isTooLong = (cell: Cell) => typeof cell === 'string' && cell.length > cellCharactersMax
  const long = row.cells.find(isTooLong)
  if (long === undefined) return row
  const message = `Element ${index + 1} of ${listName(list)} has a value of more than ${cellCharactersMax} characters.`
  return {
    index: row.index,
    cells: [],
    fault: { code: 'cell_too_long', message, raw: String(long).slice(0, 200) },
  }
}

function noneOf({ list, index, text }: Element, what: string): NonNullable<Row['fault']> {
  const message = `Element ${index + 1} of ${listName(list)} is no ${what}.`
  return { code: `no_${what}`, message, raw: text.slice(0, 200) }
}

function tooManyLists(most: number): InvalidError {
  return new InvalidError(
    'too_many_lists',
    `The JSON document holds more than ${most} lists. Write its items as the elements of one array.`,
  )
}
