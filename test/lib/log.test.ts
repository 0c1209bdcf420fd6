import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { ConflictError, InvalidError } from '../../src/lib/errors.ts'
import { createLogger, type LoggerOptions, parseLogLevels } from '../../src/lib/log.ts'

const clock = { now: () => new Date('2026-11-22T08:30:00.120Z') }

function recorder(levels = 'debug', options: Partial<LoggerOptions> = {}) {
  const lines: string[] = []
  const log = createLogger({
    thresholds: parseLogLevels(levels),
    format: 'json',
    isColoured: false,
    clock,
    write: (line) => lines.push(line),
    ...options,
  })
  return { log, lines, last: (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? 'null') }
}

test('an event is one JSON object a line: time, level, module, message, then context and fields', () => {
  const { log, lines } = recorder()
  log.child({ module: 'analyzer', importId: 'i1' }).info('import finished', { rowCount: 12 })
  expect(lines).toEqual([
    '{"time":"2026-11-22T08:30:00.120Z","level":"info","module":"analyzer","message":"import finished","importId":"i1","rowCount":12}\n',
  ])
})

test('fields cannot pose as the event itself', () => {
  const { log, last } = recorder()
  log.info('real', { message: 'false', level: 'error' })
  expect(last()).toMatchObject({ message: 'real', level: 'info', message_: 'false', level_: 'error' })
})

test('a level silences what is below it, per module and what is below the module', () => {
  const { log, lines } = recorder('warn,analyzer=debug,analyzer/table=error')
  const written = (module: string | null, level: 'debug' | 'info' | 'warn' | 'error') => {
    const before = lines.length
    const child = module === null ? log : log.child({ module })
    child[level]('x')
    expect(child.isEnabled(level)).toBe(lines.length > before)
    return lines.length > before
  }
  expect([written(null, 'info'), written(null, 'warn')]).toEqual([false, true])
  expect([written('analyzer', 'debug'), written('analyzer/formats', 'debug')]).toEqual([true, true])
  expect([written('analyzer/table', 'warn'), written('analyzer/table', 'error')]).toEqual([false, true])
  expect(written('analyzers', 'info')).toBe(false)
})

test('a level specification that cannot be read is refused with what was probably meant', () => {
  for (const wrong of ['verbose', 'db=', '=debug', 'db=debug=x', 'db=2']) {
    expect(() => parseLogLevels(wrong)).toThrow(InvalidError)
  }
  expect(() => parseLogLevels('info,db=wran')).toThrow('did you mean warn?')
  expect(parseLogLevels('db=debug').base).toBe('info')
})

test('an AppError is logged without its stack, a bug with it, both with their causes', () => {
  const { log, last } = recorder()
  log.error('x', {
    error: new ConflictError('locked', 'The database is locked', { cause: new TypeError('inner') }),
  })
  const error = last().error as Record<string, unknown>
  expect(error).toEqual({
    name: 'ConflictError',
    code: 'locked',
    message: 'The database is locked',
    cause: { name: 'TypeError', message: 'inner', stack: expect.stringContaining('log.test.ts') },
  })
})

test('secrets are replaced, by name and inside text', () => {
  const { log, lines } = recorder()
  log.info('connecting to postgres://a:s3cret1@h/x', {
    url: 'https://u:s3cret2@h/?token=s3cret3',
    apiKey: 's3cret4',
    headers: { Authorization: 'Bearer s3cret5', 'Set-Cookie': ['s3cret6'] },
    list: [new Map([['password', 's3cret7']]), new URL('ftp://u:s3cret8@h/')],
    error: new Error('cannot open redis://:s3cret9@h'),
    tokenCount: 5,
    hasPassword: true,
  })
  expect(lines.join()).not.toContain('s3cret')
  expect(lines.join()).toContain('"tokenCount":5,"hasPassword":true')
})

test('a secret that the cut would go through does not stay in half', () => {
  const { log, lines } = recorder()
  for (let length = 1900; length < 2010; length += 7)
    log.info('x', { text: `${'a'.repeat(length)} a://u:s3cret-s3cret@h` })
  expect(lines.join()).not.toContain('s3c')
})

test('long text, long lists and deep nesting are cut', () => {
  const { log, lines, last } = recorder()
  const deep = { a: { a: { a: { a: { a: { a: 1 } } } } } }
  log.info('x', { text: 'y'.repeat(5_000_000), list: Array.from({ length: 5000 }, () => 'z'), deep })
  expect(lines.at(-1)!.length).toBeLessThan(5000)
  expect(last().text).toEndWith('… (5000000 characters)')
  expect(last().list).toHaveLength(101)
  expect(last().deep).toEqual({ a: { a: { a: { a: '<object>' } } } })
})

test('what cannot be read does not throw', () => {
  const { log, last } = recorder()
  const cycle: Record<string, unknown> = { name: 'c' }
  cycle.self = cycle
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no')
      },
    },
  )
  const getter = {
    get bad() {
      throw new Error('no')
    },
    good: 1,
  }
  const nameless = new Error('x')
  Object.defineProperty(nameless, 'message', {
    get: () => {
      throw new Error('no')
    },
  })
  log.info('x', {
    cycle,
    hostile,
    getter,
    nameless,
    big: 2n ** 70n,
    nan: Number.NaN,
    symbol: Symbol('s'),
    nothing: undefined,
    call: () => 1,
    bytes: new Uint8Array(3),
    at: new Date(Number.NaN),
    set: new Set([1]),
    half: '\ud800',
    ['__proto__']: 1,
  })
  expect(last()).toEqual({
    time: '2026-11-22T08:30:00.120Z',
    level: 'info',
    message: 'x',
    cycle: { name: 'c', self: '<cycle>' },
    hostile: '<unreadable>',
    getter: { bad: '<unreadable>', good: 1 },
    nameless: '<unreadable>',
    big: '1180591620717411303424',
    nan: 'NaN',
    symbol: '<symbol>',
    bytes: '<3 bytes>',
    at: '<invalid date>',
    set: [1],
    half: '\ufffd',
    ['__proto__']: 1,
  })
  log.info('y', hostile)
  log.info('z', getter)
  expect(last()).toMatchObject({ message: 'z', fields: { bad: '<unreadable>', good: 1 } })
})

test('any value gives one line of JSON, or one of text', () => {
  const json = recorder()
  const text = recorder('info', { format: 'text' })
  fc.assert(
    fc.property(
      fc.string(),
      fc.dictionary(
        fc.string(),
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
      ),
      (message, fields) => {
        json.log.info(message, fields)
        text.log.info(message, fields)
        expect(typeof json.last()).toBe('object')
        for (const line of [json.lines.at(-1)!, text.lines.at(-1)!]) {
          expect(line.slice(0, -1)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
          expect(line.at(-1)).toBe('\n')
        }
      },
    ),
  )
  expect(text.lines).toHaveLength(json.lines.length)
})

test('a log that cannot be written does not end the work', () => {
  const { log } = recorder('info', {
    write: () => {
      throw new Error('disk full')
    },
  })
  expect(() => log.info('x')).not.toThrow()
})

test('for people an event is a line with short time, level, module, message and fields', () => {
  const { log, lines } = recorder('info', { format: 'text' })
  log
    .child({ module: 'db' })
    .warn('slow query', { ms: 12, sql: 'SELECT 1', error: new ConflictError('locked', 'busy') })
  expect(lines).toEqual([
    '08:30:00.120Z WARN   db  slow query  ms=12 sql="SELECT 1" error="ConflictError: busy (locked)"\n',
  ])
})

test('for people the stack of a bug follows only where debugging is on', () => {
  for (const [levels, shown] of [
    ['info', false],
    ['debug', true],
  ] as const) {
    const { log, lines } = recorder(levels, { format: 'text' })
    log.error('internal error', { error: new TypeError('x is undefined') })
    expect(lines.join().includes('log.test.ts')).toBe(shown)
  }
})

test('colours are escape sequences only where they are wanted', () => {
  const plain = recorder('info', { format: 'text' })
  const coloured = recorder('info', { format: 'text', isColoured: true })
  plain.log.error('x', { a: '\x1b[31m' })
  coloured.log.error('x', { a: '\x1b[31m' })
  expect(plain.lines.join()).not.toContain('\x1b')
  expect(Bun.stripANSI(coloured.lines.join())).toBe(plain.lines.join())
  expect(coloured.lines.join()).toContain('\x1b[31mERROR')
})
