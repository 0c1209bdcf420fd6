import { describe, expect, test } from 'bun:test'
import { fileNameIn } from '../../src/admin/api/file-name.ts'
import { attachment } from '../../src/lib/attachment.ts'

describe('the name of a file that is saved', () => {
  test.each(['bolt.csv', 'Größe "5" – 50 %.xlsx', "it's (new)*.csv", '価格表.pdf'])(
    '%p comes through as it was said',
    (name) => {
      expect(fileNameIn(attachment(name))).toBe(name)
    },
  )

  test('a name that is said wrongly gives way to the plain one', () => {
    expect(fileNameIn(`attachment; filename="list.csv"; filename*=UTF-8''%E0%A4%A`)).toBe('list.csv')
    expect(fileNameIn('attachment')).toBeNull()
    expect(fileNameIn(null)).toBeNull()
  })
})
