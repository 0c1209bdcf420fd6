import { systemClock } from '../../../src/lib/clock.ts'
import { AppError } from '../../../src/lib/errors.ts'
import { openWayOut } from '../../../src/lib/outbound/way-out.ts'

/** Asks for each URL that it is given, whatever their names, on this machine; prints a line of JSON about each. */
const out = openWayOut({
  allow: ['127.0.0.1', 'here.example', 'there.example'],
  clock: systemClock,
  userAgent: 'test',
  lookup: async () => ['127.0.0.1'],
  wait: async () => {},
})
for (const url of Bun.argv.slice(2)) {
  const request = {
    url: new URL(url),
    timeoutMs: 20_000,
    sizeBytesMax: 1000,
    signal: new AbortController().signal,
  }
  const told = await out.request(request).then(
    ({ status }) => ({ status }),
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error
      return { name: error.name, code: error.code, message: error.message }
    },
  )
  console.log(JSON.stringify(told))
}
