import { choiceField, textField } from '../http/fields.ts'
import { formatNames } from '../sources/model.ts'
import { noPins, type Pins } from './pins.ts'
import {
  parseCurrency,
  parseDelimiter,
  parseEncoding,
  parseFormat,
  parseHeaderRows,
  parseIdentity,
  parseMap,
  parseSheets,
} from './reading-options.ts'

/** What may be said about how a list is read, as fields of a request; the options of the command line. */
export const readingFields = {
  currency: textField('currency', { max: 4, description: 'ISO 4217, where the list does not say.' }),
  map: textField('map', {
    max: 5000,
    description:
      'Columns by header or letter: `sku=A,price="Net price"`; `FIELD=none`: the list has none. Here as in ' +
      'the other fields about reading, `auto` forgets what was said before.',
  }),
  identity: textField('identity', {
    max: 500,
    description: 'What identifies an item where a list has no SKUs: `name,unit`.',
  }),
  duplicates: choiceField(
    'duplicates',
    ['reject', 'last-wins'],
    'The same SKU twice with different contents: reject the later rows, or let the last win.',
  ),
  decimals: choiceField('decimals', ['4', 'currency'], "Most decimals of a price: 4, or the currency's own."),
  header_row: textField('header_row', {
    max: 20,
    description: 'Row of the header, from 1 on: `7`, or `7-8` where it has two rows; `none`: no header.',
  }),
  sheet: textField('sheet', {
    max: 2000,
    description: 'Take only this sheet of a workbook, by name or number; several: `Nord|Süd`.',
  }),
  decimal: choiceField(
    'decimal',
    ['dot', 'comma', 'auto'],
    'Decimal sign of the prices, where `1.234` can be read in two ways.',
  ),
  format: textField('format', {
    max: 20,
    description: `What the lists are, unpacked: ${formatNames.join(', ')}. A file of another format is refused.`,
  }),
  encoding: textField('encoding', { max: 50, description: 'Of a text file, where it is guessed wrongly.' }),
  delimiter: textField('delimiter', { max: 4, description: 'Of a text file: `;`, `,`, `tab`, …' }),
}

/** The values of `readingFields`, as a request gives them. */
export interface ReadingFields {
  currency?: string
  map?: string
  identity?: string
  duplicates?: 'reject' | 'last-wins'
  decimals?: '4' | 'currency'
  header_row?: string
  sheet?: string
  decimal?: 'dot' | 'comma' | 'auto'
  format?: string
  encoding?: string
  delimiter?: string
}

/** @throws InvalidError `invalid_option`, `unknown_encoding` */
export function readingPins(fields: ReadingFields): Pins {
  const { decimals } = fields
  return {
    ...noPins,
    duplicates: fields.duplicates ?? null,
    currency: parseCurrency(fields.currency ?? null, 'currency'),
    map: parseMap(fields.map === undefined ? [] : [fields.map], 'map'),
    identity: parseIdentity(fields.identity ?? null, 'identity'),
    decimalsMax: decimals === undefined ? null : decimals === '4' ? 4 : 'currency',
    format: parseFormat(fields.format ?? null, 'format'),
    encoding: parseEncoding(fields.encoding ?? null),
    delimiter: parseDelimiter(fields.delimiter ?? null, 'delimiter'),
    sheets: parseSheets(fields.sheet?.split('|') ?? [], 'sheet'),
    headerRows: parseHeaderRows(fields.header_row ?? null, 'header_row'),
    decimal: fields.decimal ?? null,
  }
}
