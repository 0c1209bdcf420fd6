import { expect, test } from 'bun:test'
import { openPdf } from '../../../../src/analyzer/formats/pdf/document.ts'
import { withPageTree } from '../../../../src/analyzer/formats/pdf/page-tree.ts'
import { readingError } from '../../../helpers/opened.ts'
import { makePdf } from '../../../helpers/pdf.ts'
import { temporaryDirectory } from '../../../helpers/temporary.ts'

const listed = (count: number) =>
  makePdf(Array.from({ length: count }, (_, at) => ({ marks: [{ text: `page ${at + 1}`, x: 50, y: 50 }] })))

/** The texts of some pages, as the library finds them. */
async function pagesOf(bytes: Uint8Array, pages: readonly number[]): Promise<[number, string[]]> {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file('list.pdf'), bytes)
  const document = await openPdf(directory.file('list.pdf'), { sizeBytesMax: 1e8 })
  const found: string[] = []
  for (const page of pages) {
    const { glyphs } = await document.page(page)
    found.push(glyphs.map(({ text }) => text).join(''))
  }
  const { pageCount } = document
  await document.close()
  return [pageCount, found]
}

test('a long list of pages becomes a tree of the same pages in the same order', async () => {
  const bytes = listed(750)
  const tree = withPageTree(bytes)
  expect(tree?.subarray(0, bytes.length)).toEqual(bytes)
  expect(tree?.toString('latin1', bytes.length).match(/\/Count 100/g)).toHaveLength(7)
  const pages = [1, 2, 100, 101, 499, 500, 501, 502, 700, 701, 749, 750]
  const expected = [750, pages.map((page) => `page ${page}`)] as [number, string[]]
  expect(await pagesOf(tree!, pages)).toEqual(expected)
  expect(await pagesOf(bytes, pages)).toEqual(expected)
})

test('what the list says for all its pages is kept', async () => {
  const box = '/MediaBox [0 0 300 400]'
  for (const [before, after] of [
    [`${box} `, ''],
    ['', ` ${box}`],
  ]) {
    const plain = listed(600).toString('latin1')
    const bytes = plain.replace(/\/Count 600 \/Kids \[[^\]]*\]/, (list) => `${before}${list}${after}`)
    const tree = withPageTree(Buffer.from(bytes, 'latin1'))
    expect(tree?.toString('latin1', bytes.length)).toContain(box)
  }
})

test.each<[string, (text: string) => string]>([
  ['is encrypted', (text) => text.replace('/Size', '/Encrypt 9 0 R /Size')],
  ['has packed objects', (text) => `${text}%/ObjStm`],
  ['has two lists', (text) => text.replace('trailer', '% /Kids [9 0 R]\ntrailer')],
  ['counts its pages otherwise', (text) => text.replace('/Count 600', '/Count 599')],
  ['names the root nowhere', (text) => text.replace('/Root 1 0 R', '/Root null')],
  ['ends with something else', (text) => `${text}<html>`],
  [
    'has digits without end in its list',
    (text) => text.replace('/Kids [', `/Kids [${'1'.repeat(1_000_000)} `),
  ],
])('a document that %s is left as it is', (_, change) => {
  const bytes = Buffer.from(change(listed(600).toString('latin1')), 'latin1')
  expect(withPageTree(bytes)).toBeNull()
})

test('a short list stays one', () => {
  expect(withPageTree(listed(400))).toBeNull()
})

test('a document of more pages than are read is refused before they are', async () => {
  const plain = listed(1).toString('latin1')
  const many = plain.replace('/Count 1 /Kids [8 0 R]', `/Count 10001 /Kids [${'8 0 R '.repeat(10_001)}]`)
  expect(await readingError(Buffer.from(many, 'latin1'))).toMatchObject({
    code: 'pdf_too_large',
    message: expect.stringContaining('10001 pages; at most 10000'),
  })
})
