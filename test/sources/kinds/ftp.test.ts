import { expect, test } from 'bun:test'
import { appendFile, mkdir, unlink, utimes } from 'node:fs/promises'
import { systemClock } from '../../../src/lib/clock.ts'
import { UnavailableError } from '../../../src/lib/errors.ts'
import { openWayOut } from '../../../src/lib/outbound/way-out.ts'
import { makeCertificate } from '../../helpers/certificate.ts'
import { type FetchBench, openFetchBench } from '../../helpers/fetch-bench.ts'
import { type FtpServerOptions, startFtpServer } from '../../helpers/ftp-server.ts'
import { rejection } from '../../helpers/open-database.ts'

const user = { username: 'acme', password: 'geheim' }
const hour = (count: number) => new Date(Date.UTC(2026, 9, 20, count))

async function write(bench: FetchBench, name: string, text: string, changedAt?: Date): Promise<void> {
  await Bun.write(`${bench.served}/${name}`, text)
  if (changedAt !== undefined) await utimes(`${bench.served}/${name}`, changedAt, changedAt)
}

for (const mode of ['none', 'explicit', 'implicit'] as const) {
  test(`a file is fetched with TLS ${mode}, with its name, size and time`, async () => {
    await using bench = await openFetchBench('ftp', ['ftp.test'])
    const certificate = makeCertificate(['ftp.test'])
    await using server = await startFtpServer(bench.served, {
      ...(mode !== 'none' && { tls: { mode, certificate } }),
    })
    await write(bench, 'Preise.csv', 'sku;price\nA;1\n', hour(1))
    const config = {
      ...user,
      host: 'ftp.test',
      port: server.port,
      tls: mode,
      path: '/Preise.csv',
      ...(mode !== 'none' && { certificate: certificate.cert }),
    }
    const fetched = await bench.fetch(config)
    expect(fetched).toMatchObject({
      fileName: 'Preise.csv',
      origin: {
        url: `${mode === 'implicit' ? 'ftps' : 'ftp'}://ftp.test:${server.port}/Preise.csv`,
        lastModified: hour(1).toISOString(),
        sizeBytes: 14,
      },
    })
    expect(await bench.read(fetched!)).toBe('sku;price\nA;1\n')
    expect(bench.told.at(-1)).toEqual({ bytes: 14, bytesTotal: 14 })
    expect(await bench.fetch(config, { last: fetched!.origin })).toBeNull()
    expect(await bench.look(config, { last: fetched!.origin })).toBe('same')
  })
}

async function withServer(
  work: (context: {
    bench: FetchBench
    config: object
    server: Awaited<ReturnType<typeof startFtpServer>>
  }) => Promise<void>,
  options: FtpServerOptions = {},
): Promise<void> {
  await using bench = await openFetchBench('ftp')
  await using server = await startFtpServer(bench.served, options)
  await work({ bench, server, config: { ...user, port: server.port } })
}

test('of a folder the newest list is taken, although its listing tells minutes only', () =>
  withServer(async ({ bench, config }) => {
    const at = (seconds: number) => new Date(Date.now() - 3_600_000 + seconds * 1000 - (Date.now() % 60_000))
    await write(bench, 'out/prices-1.csv', 'one', at(5))
    await write(bench, 'out/prices-3.csv', 'three', at(2))
    await write(bench, 'out/prices-2.csv', 'two', at(30))
    await write(bench, 'out/stock.csv', 'stock', at(40))
    await write(bench, 'out/prices-9.csv.part', 'half', at(50))
    await mkdir(`${bench.served}/out/prices-10.csv`)
    expect(await bench.text({ ...config, path: '/out', files: 'prices-*.csv' })).toBe('two')
    expect(await bench.text({ ...config, path: 'out/' })).toBe('stock')
  }))

test('a list with a mark is read when that is there, and not before', () =>
  withServer(async ({ bench, config }) => {
    await write(bench, 'out/list.csv', 'a;b')
    for (const path of ['/out', '/out/list.csv']) {
      expect(await rejection(bench.fetch({ ...config, path, done_file: '.done' }))).toMatchObject({
        name: 'UnavailableError',
        code: 'file_not_complete',
        message: expect.stringContaining('list.csv.done'),
      })
    }
    await write(bench, 'out/list.csv.done', '')
    for (const path of ['/out', '/out/list.csv'])
      expect(await bench.text({ ...config, path, done_file: '.done', settle_seconds: 600 })).toBe('a;b')
  }))

test('a list that is still being written is waited for, and refused for now when that goes on', () =>
  withServer(async ({ bench, config }) => {
    await write(bench, 'list.csv', 'a')
    const writing = setInterval(() => void appendFile(`${bench.served}/list.csv`, 'more;'), 20)
    try {
      expect(await rejection(bench.fetch({ ...config, path: '/list.csv' }))).toMatchObject({
        name: 'UnavailableError',
        code: 'file_not_settled',
      })
    } finally {
      clearInterval(writing)
    }
  }))

test('a file that was fetched just when it was written is not taken for the same one later', () =>
  withServer(async ({ bench, config }) => {
    await write(bench, 'list.csv', 'one')
    const first = await bench.fetch({ ...config, path: '/list.csv' })
    expect(first!.origin.lastModified).toBeNull()
    expect(await bench.look({ ...config, path: '/list.csv' }, { last: first!.origin })).toBe('unknown')
    expect(await bench.text({ ...config, path: '/list.csv' }, { last: first!.origin })).toBe('one')
  }))

test('another size, time or place is another list', () =>
  withServer(async ({ bench, config }) => {
    await write(bench, 'list.csv', 'one', hour(1))
    await write(bench, 'other.csv', 'one', hour(1))
    const given = { ...config, path: '/list.csv' }
    const { origin: last } = (await bench.fetch(given))!
    expect(await bench.fetch(given, { last })).toBeNull()
    expect(await bench.text({ ...given, path: '/other.csv' }, { last })).toBe('one')
    await write(bench, 'list.csv', 'two', hour(2))
    expect(await bench.look(given, { last })).toBe('changed')
    expect(await bench.text(given, { last })).toBe('two')
    await write(bench, 'list.csv', 'three', hour(1))
    expect(await bench.text(given, { last })).toBe('three')
    await unlink(`${bench.served}/list.csv`)
    // There is nothing new to be fetched.
    expect(await bench.look(given, { last })).toBe('same')
  }))

test('a wrong password is said, and shown to nobody, even when the server repeats it', () =>
  withServer(async ({ bench, config }) => {
    const error = await rejection(bench.fetch({ ...config, password: 'canary-1', path: '/list.csv' }))
    expect(error).toMatchObject({ name: 'ForbiddenError', code: 'not_authorized' })
    expect(Bun.inspect(error)).not.toContain('canary-1')
  }))

test('a certificate that nobody knows, or that is of another host, ends the fetching before anything is sent', async () => {
  await using bench = await openFetchBench('ftp', ['ftp.test', 'other.test'])
  for (const mode of ['explicit', 'implicit'] as const) {
    const certificate = makeCertificate(['ftp.test'])
    const expired = makeCertificate(['ftp.test'], { days: -3 })
    await using server = await startFtpServer(bench.served, { tls: { mode, certificate } })
    await using old = await startFtpServer(bench.served, { tls: { mode, certificate: expired } })
    const config = { ...user, host: 'ftp.test', port: server.port, tls: mode, path: '/list.csv' }
    for (const [given, why] of [
      [config, 'signed by nobody but itself'],
      [{ ...config, host: 'other.test', certificate: certificate.cert }, 'that of another host'],
      [{ ...config, port: old.port, certificate: expired.cert }, 'expired'],
    ] as const) {
      expect(await rejection(bench.fetch(given))).toMatchObject({
        name: 'InvalidError',
        code: 'tls_failed',
        message: expect.stringContaining(why),
      })
    }
    expect(server.logins() + old.logins()).toBe(0)
  }
})

test('what is missing, or larger than allowed, is said', () =>
  withServer(async ({ bench, config }) => {
    await mkdir(`${bench.served}/empty`)
    await write(bench, 'large.csv', 'x'.repeat(1000))
    for (const [given, options, error] of [
      [{ path: '/none.csv' }, {}, { code: 'no_such_file', message: expect.stringContaining('/none.csv') }],
      [{ path: '/empty' }, {}, { code: 'no_such_file', message: expect.stringContaining('/empty') }],
      [{ path: '/large.csv' }, { sizeBytesMax: 999 }, { code: 'file_too_large' }],
    ] as const) {
      expect(await rejection(bench.fetch({ ...config, ...given }, options))).toMatchObject(error)
    }
    expect(await bench.leftBehind()).toEqual([])
  }))

test('a server without EPSV, MDTM or SIZE is fetched from all the same', async () => {
  for (const without of [['EPSV'], ['MDTM'], ['SIZE'], ['SIZE', 'MDTM']]) {
    await withServer(
      async ({ bench, config }) => {
        await write(bench, 'out/list.csv', 'a;b')
        await write(bench, 'out/more/list.csv', 'no')
        expect(await bench.text({ ...config, path: '/out' })).toBe('a;b')
        expect(await bench.text({ ...config, path: '/out/list.csv' })).toBe('a;b')
      },
      { without },
    )
  }
})

test('a configuration that makes no sense is refused, and says where', async () => {
  await using bench = await openFetchBench('ftp')
  for (const [config, where] of [
    [{ path: '/list.csv\r\nDELE /list.csv' }, 'path'],
    [{ path: '/a', files: 'a\nb' }, 'files'],
    [{ path: '/a', host: 'user@host' }, 'host'],
    [{ path: '/a', host: 'host/path' }, 'host'],
    [{ path: '/a', username: 'a\r\nb' }, 'username'],
    [{ path: '/a', password: 'canary\r\nb' }, 'password'],
    [{ path: '/a', tls: 'perhaps' }, 'tls'],
    [{ path: '/a', port: 0 }, 'port'],
    [{ path: '/a', more: 1 }, 'more'],
  ] as const) {
    const error = await rejection(bench.fetch(config))
    expect(error).toMatchObject({ code: 'invalid_config', message: expect.stringContaining(where) })
    expect(Bun.inspect(error)).not.toContain('canary')
  }
})

test('a server whose name nobody knows is left alone after a few times, as one that does not answer', async () => {
  await using bench = await openFetchBench('ftp')
  const out = openWayOut({
    allow: [],
    clock: systemClock,
    userAgent: 'Tallyman/test',
    lookup: () => Promise.reject(new Error('ENOTFOUND')),
  })
  const codes: unknown[] = []
  for (let n = 0; n < 6; n++) {
    const error = await rejection(bench.fetch({ host: 'nowhere.example', path: '/list.csv' }, { out }))
    codes.push(error instanceof UnavailableError && error.code)
  }
  expect(codes).toEqual([...Array(5).fill('host_not_found'), 'circuit_open'])
})
