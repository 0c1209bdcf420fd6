import { expect, test } from 'bun:test'
import { linesOf } from '../../src/lib/lines.ts'
import { createLogger, parseLogLevels } from '../../src/lib/log.ts'
import { relayLog } from '../../src/lib/relay-log.ts'

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text)
}

async function lines(lengthMax: number, ...texts: string[]): Promise<string[]> {
  const found: string[] = []
  for await (const line of linesOf(pieces(...texts), lengthMax)) found.push(line)
  return found
}

test('lines are put together from pieces, cut at the limit, and the last one needs no end', async () => {
  expect(await lines(10, 'a', 'b\nc\n', '\nd')).toEqual(['ab', 'c', '', 'd'])
  expect(await lines(3, 'abcdef', 'ghi', 'j\nk\n', 'lmnop')).toEqual(['abc', 'k', 'lmn'])
  expect(await lines(3)).toEqual([])
})

test('events of another process are logged as they are; anything else it says is a warning', async () => {
  const written: Record<string, unknown>[] = []
  const log = createLogger({
    thresholds: parseLogLevels('info,analyzer=warn'),
    format: 'json',
    isColoured: false,
    clock: { now: () => new Date(0) },
    write: (line) => void written.push(JSON.parse(line)),
  })
  const text = [
    '{"time":"2026-11-22T08:00:00.000Z","level":"info","module":"db","message":"opened","path":"x"}',
    '{"time":"2026-11-22T08:00:00.000Z","level":"info","module":"analyzer","message":"left out"}',
    'panic: out of memory',
    '{"level":"loud","message":"no level of ours"}',
    '{"level":"info"',
    '',
  ].join('\n')
  const stream = new Response(text).body
  await relayLog(stream!, log)
  const time = '1970-01-01T00:00:00.000Z'
  const said = { time, level: 'warn', message: 'a process of ours said' }
  expect(written).toEqual([
    { time, level: 'info', module: 'db', message: 'opened', path: 'x' },
    { ...said, line: 'panic: out of memory' },
    { ...said, line: '{"level":"loud","message":"no level of ours"}' },
    { ...said, line: '{"level":"info"' },
  ])
})
