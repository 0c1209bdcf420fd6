import { expect, test } from 'bun:test'
import { join } from 'node:path'
import * as XLSX from '@e965/xlsx'
import { isWorkbook, makeLists, truthFile } from './make.ts'
import { truthText } from './truth.ts'

const folder = join(import.meta.dir, '../golden/lists')
const lists = await makeLists()

test.each(lists.map((list) => [list.file, list] as const))('%s says what its truth says', async (_, list) => {
  expect(await Bun.file(join(folder, truthFile(list.file))).text()).toBe(truthText(list.truth))
})

test.each(lists.filter((list) => isWorkbook(list)).map((list) => [list.file, list] as const))(
  '%s holds what its drafts make',
  async (_, { file, bytes }) => {
    const kept = await Bun.file(join(folder, file)).bytes()
    expect(sheetsOf(kept)).toEqual(sheetsOf(bytes))
  },
)

test.each(lists.filter((list) => !isWorkbook(list)).map((list) => [list.file, list] as const))(
  '%s is what its drafts make',
  async (_, { file, bytes }) => {
    expect(Buffer.from(await Bun.file(join(folder, file)).bytes()).equals(bytes)).toBe(true)
  },
)

test('every list has its truth and every truth its list', async () => {
  const names = (await Array.fromAsync(new Bun.Glob('*').scan(folder))).sort()
  expect(names).toEqual(lists.flatMap(({ file }) => [file, truthFile(file)]).sort())
})

function sheetsOf(bytes: Uint8Array): unknown[] {
  const workbook = XLSX.read(bytes, { cellNF: true })
  return workbook.SheetNames.map((name) => {
    const sheet = workbook.Sheets[name] ?? {}
    return [
      name,
      sheet['!merges'],
      XLSX.utils.sheet_to_json(sheet, { header: 1 }),
      XLSX.utils.sheet_to_csv(sheet),
    ]
  })
}
