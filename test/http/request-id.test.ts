import { expect, test } from 'bun:test'
import { openService } from '../helpers/http-service.ts'
import { openLogged } from '../helpers/logged.ts'
import { openUrl } from '../helpers/open-database.ts'

test('what goes wrong here is told in the log under the id that the answer has', async () => {
  const logged = openLogged()
  await using service = await openService('sqlite', { log: logged.log })
  const refused = await service.fetch('/api/v1/suppliers?limit=0')
  expect([refused.status, refused.headers.get('x-request-id')]).toEqual([422, null])

  const db = await openUrl(service.program.url)
  await db.tx((tx) => tx.run('alter table suppliers rename to mislaid')).finally(() => db.close())
  const ids = new Set<string>()
  for (let n = 0; n < 3; n++) {
    const failed = await service.fetch('/api/v1/suppliers')
    const id = failed.headers.get('x-request-id') ?? ''
    expect([failed.status, id]).toEqual([500, expect.stringMatching(/^[0-9a-f]{12}$/)])
    expect(logged.events.filter(({ fields }) => fields.requestId === id)).toMatchObject([
      { level: 'error', message: 'request failed', fields: { error: expect.any(Error) } },
    ])
    ids.add(id)
  }
  expect(ids.size).toBe(3)
})
