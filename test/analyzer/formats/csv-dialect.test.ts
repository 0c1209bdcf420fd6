import { expect, test } from 'bun:test'
import { type CsvDialect, csvDialect } from '../../../src/analyzer/formats/csv/csv-dialect.ts'
import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'

function dialect(text: string, delimiterPinned: string | null = null): CsvDialect {
  return csvDialect(text, { delimiterPinned, limits: defaultReadLimits, isWhole: true })
}

test.each([
  ['a;b;c\n1;2;3\n', ';'],
  ['a,b,c\n1,2,3\n', ','],
  ['a\tb\tc\n1\t2\t3\n', '\t'],
  ['a|b|c\n1|2|3\n', '|'],
  ['a^b^c\n1^2^3\n4^5^6\n', '^'],
  ['a~b~c\n1~2~3\n4~5~6\n', '~'],
])('%j is split at its delimiter', (text, delimiter) => {
  expect(dialect(text)).toMatchObject({ delimiter, columnsTypical: 3, declarationLength: 0 })
})

test('decimal commas do not win over semicolons', () => {
  expect(dialect('1;Sykkel;3500,00\n2;TV;4799,50\n').delimiter).toBe(';')
  expect(dialect('1;3,50;2,20\n2;4,50;2,10\n').delimiter).toBe(';')
  expect(dialect('Varenr;Pris\n1;3500,00\n2;4799,50\n').delimiter).toBe(';')
})

test('decimal commas do not win over tabs', () => {
  expect(dialect('1\t3,50\t2,20\n2\t4,50\t2,10\n').delimiter).toBe('\t')
})

test('commas in names do not win', () => {
  expect(dialect('1;Bolt, M8, zinc;5\n2;Nut;6\n3;Saw, big;7\n').delimiter).toBe(';')
  expect(dialect('sku|name|price\n1|Bolt, M8|5\n2|Nut, M8|6\n').delimiter).toBe('|')
})

test('delimiters inside quotes do not count', () => {
  expect(dialect('"a;b;c","d"\n"e;f;g","h"\n').delimiter).toBe(',')
  expect(dialect('name;note\n"a,b";"x,y,z"\n"c,d";"x,y,z"\n').delimiter).toBe(';')
})

test('lists in a cell do not win', () => {
  expect(dialect('sku,tags,price\n1,red|green|blue,5\n2,red|black|blue,6\n').delimiter).toBe(',')
})

test('HTML in a cell does not win', () => {
  const html = '"<p style=""color: red; width: 1px"">R&amp;D, more; <b>text</b></p>"'
  expect(dialect(`handle,body,price\na,${html},5\nb,${html},6\n`).delimiter).toBe(',')
})

test('title rows and section rows do not matter', () => {
  expect(
    dialect('Price list, valid from May\n\nsku;name;price\nTools\n1;Saw;5\n2;Axe;6\nNails\n3;Nail;7\n'),
  ).toMatchObject({
    delimiter: ';',
    columnsTypical: 3,
  })
})

test('one column has no delimiter', () => {
  expect(dialect('name\nBolt\nNut\n')).toMatchObject({
    delimiter: null,
    columnsTypical: 1,
    declarationLength: 0,
  })
  expect(dialect('A sentence, with a comma.\nAnother one.\nAnd more of them.\n').delimiter).toBeNull()
})

test('one column of decimal prices has no delimiter', () => {
  expect(dialect('Pris\n12,50\n13,20\n1250,00\n').delimiter).toBeNull()
})

test('a header alone is enough', () => {
  expect(dialect('sku;name;price').delimiter).toBe(';')
})

test('a pinned delimiter is taken, whatever the text looks like', () => {
  expect(dialect('a;b;c\n1;2;3\n', ',')).toMatchObject({ delimiter: ',', columnsTypical: null })
})

test.each(['sep=;\n', 'sep=;\r\n', '"sep=;"\r\n', 'SEP=;\n', 'sep=;;;\n'])(
  '%j names the delimiter',
  (line) => {
    expect(dialect(`${line}a,b;c\n`)).toMatchObject({
      delimiter: ';',
      columnsTypical: 2,
      declarationLength: line.length,
    })
  },
)

test('a cell that only begins like a declaration is a cell', () => {
  expect(dialect('sep=value;b\n1;2\n').declarationLength).toBe(0)
})
