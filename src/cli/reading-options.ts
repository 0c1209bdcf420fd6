import { fields } from '../analyzer/table/decision.ts'
import type { OptionSpecs } from './command.ts'

const half = Math.ceil(fields.length / 2)

/** What the options below speak of, as lines of a command's description. */
export const readingHelp = `Fields for --map: ${fields.slice(0, half).join(', ')},\n${fields.slice(half).join(', ')}.`

/** Options of every command that reads a list. */
export const readingOptions = {
  map: {
    kind: 'list',
    placeholder: 'FIELD=COLUMN',
    summary:
      'Say which column is which, by header or letter: sku=A,price="Net price"; FIELD=none: there is none',
  },
  headerRow: {
    kind: 'text',
    placeholder: 'ROW',
    summary: 'Row of the header: 7, or 7-8 where it has two rows; none: the list has no header',
  },
  sheet: {
    kind: 'list',
    placeholder: 'NAME',
    summary: 'Take only this sheet of a workbook, by name or number',
  },
  decimal: {
    kind: 'text',
    placeholder: 'SIGN',
    choices: ['dot', 'comma', 'auto'],
    summary: 'Decimal sign of the prices, where "1.234" can be read in two ways',
  },
  currency: { kind: 'text', placeholder: 'CODE', summary: 'Currency where the list does not say (ISO 4217)' },
  identity: {
    kind: 'text',
    placeholder: 'FIELDS',
    summary: 'What identifies an item where a list has no SKUs (default name,unit)',
  },
  duplicates: {
    kind: 'text',
    placeholder: 'RULE',
    choices: ['reject', 'last-wins'],
    summary:
      'The same SKU twice with different contents: reject the later rows (default), or let the last win',
  },
  decimals: {
    kind: 'text',
    placeholder: 'MAX',
    choices: ['4', 'currency'],
    summary: "Most decimals of a price: 4 (default), or the currency's own",
  },
  format: {
    kind: 'text',
    placeholder: 'NAME',
    summary: 'What the list is, unpacked: csv, xlsx, json, …; a file of another format is refused',
  },
  encoding: {
    kind: 'text',
    placeholder: 'NAME',
    summary: 'Encoding of a text file, where it is guessed wrongly',
  },
  delimiter: { kind: 'text', placeholder: 'CHAR', summary: 'Delimiter of a text file: ";", ",", "tab", …' },
} as const satisfies OptionSpecs
