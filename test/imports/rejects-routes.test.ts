import { describe, expect, test } from 'bun:test'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { csvOf, type ImportJson } from '../helpers/lists.ts'
import { readSheets } from '../helpers/read-sheets.ts'

interface Import extends ImportJson {
  corrects: string | null
  corrected_by: string[]
  links: { rejects: string }
}

const list = csvOf(
  ['Артикул', 'Наименование', 'Цена EUR'],
  ...Array.from({ length: 12 }, (_, n) => [`A-${n}`, `Товар ${n}`, `${n + 1}.50`]),
  ['A-98', '', '1.00'],
  ['A-99', 'Последний', 'see reverse'],
)

async function upload(service: TestService, body: string, query = ''): Promise<Import> {
  const address = `/api/v1/uploads?supplier=Acme&file_name=${encodeURIComponent('прайс "1".csv')}&no_hold=true${query}`
  const { body: made } = await service.json<{ id: string }>(address, { method: 'POST', body })
  await service.analyze(made.id)
  return (await service.json<Import>(`/api/v1/imports/${made.id}`)).body
}

for (const engine of engines) {
  describe(engine, () => {
    test('rejected rows are downloaded, and the corrected file is uploaded like any other', async () => {
      await using service = await openService(engine)
      const first = await upload(service, list, '&mode=full')
      expect(first.counts).toMatchObject({ accepted: 12, rejected: 2 })
      const file = await service.fetch(first.links.rejects)
      expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv'])
      expect(file.headers.get('content-disposition')).toBe(
        `attachment; filename="_____ _1_.rejected.csv"; filename*=UTF-8''${encodeURIComponent('прайс "1".rejected.csv')}`,
      )
      const text = await file.text()
      const fixed = text.replace('A-98;;', 'A-98;Товар 98;').replace('see reverse;', '99.00;')
      const second = await upload(service, fixed, '&mode=full')
      expect(second).toMatchObject({
        status: 'completed',
        list_mode: 'partial',
        corrects: first.id,
        counts: { accepted: 2 },
        changes: { new: 2, gone: 0 },
      })
      const { body } = await service.json<Import>(`/api/v1/imports/${first.id}`)
      expect([body.corrected_by, body.corrects]).toEqual([[second.id], null])
      const log = await service.json<{ entries: { corrected_by: string | null }[] }>(
        `/api/v1/imports/${first.id}/log?severity=error`,
      )
      expect(log.body.entries.map((entry) => entry.corrected_by)).toEqual([second.id, second.id])
      const none = await service.json<{ code: string }>(first.links.rejects)
      expect([none.status, none.body.code]).toEqual([404, 'no_rejects'])
    }, 60_000)

    test('a workbook is given where one is asked for, and a list without rejected rows has no such file', async () => {
      await using service = await openService(engine)
      const first = await upload(service, list)
      const file = await service.fetch(`${first.links.rejects}?format=xlsx`)
      expect(file.headers.get('content-type')).toContain('spreadsheetml')
      const { sheets } = await readSheets(await file.bytes())
      expect(sheets[0]!.rows.map(([, cells]) => cells.slice(0, 3))).toEqual([
        ['Артикул', 'Наименование', 'Цена EUR'],
        ['A-98', '', '1.00'],
        ['A-99', 'Последний', 'see reverse'],
      ])
      const unread = await upload(service, 'no list at all')
      const refused = await service.json<{ code: string }>(unread.links.rejects)
      expect([refused.status, refused.body.code]).toEqual([404, 'no_rejects'])
    }, 60_000)
  })
}
