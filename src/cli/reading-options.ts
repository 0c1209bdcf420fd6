import type { OptionSpecs } from './command.ts'

/** Options of every command that reads a list. */
export const readingOptions = {
  map: {
    kind: 'list',
    placeholder: 'FIELD=COLUMN',
    summary:
      'Pin columns by header or letter: sku=A,price="Net price"; FIELD=auto lets the table decide again',
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
  encoding: {
    kind: 'text',
    placeholder: 'NAME',
    summary: 'Encoding of a text file, where it is guessed wrongly',
  },
  delimiter: { kind: 'text', placeholder: 'CHAR', summary: 'Delimiter of a text file: ";", ",", "tab", …' },
} as const satisfies OptionSpecs
