import { expect, test } from 'bun:test'
import { systemClock } from '../../src/lib/clock.ts'
import { openWayOut } from '../../src/lib/outbound/way-out.ts'
import { fetchSettingsDefault } from '../../src/sources/kinds/index.ts'
import { defaultSettings } from '../../src/sources/model.ts'
import { openSourceTests } from '../../src/trials/source-tests.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

test('a test that takes too long ends, and says so', async () => {
  using server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  await using folder = await temporaryDirectory()
  const tests = openSourceTests(
    {
      clock: systemClock,
      out: openWayOut({ allow: ['127.0.0.1'], clock: systemClock, userAgent: 'test' }),
      fetchSettings: fetchSettingsDefault,
      temporaryFolder: folder.path,
      limits: { cellCharactersMax: 1000, columnsMax: 100, unpackedBytesMax: 1000 },
      read: () => Promise.reject(new Error('There is nothing to read.')),
    },
    { timeMs: 300 },
  )
  const request = {
    name: 'web',
    kind: 'http' as const,
    config: { url: `http://127.0.0.1:${server.port}/list.csv` },
    settings: defaultSettings,
    currency: null,
    learned: null,
  }
  await expect(tests.test(request, new AbortController().signal)).rejects.toMatchObject({
    code: 'test_timed_out',
  })
})
