import { expect, test } from 'bun:test'
import { appendFile, mkdir, symlink, utimes } from 'node:fs/promises'
import { createServer } from 'node:net'
import { connectorOf, fetchSettingsDefault } from '../../../src/sources/kinds/index.ts'
import { type FetchBench, openFetchBench } from '../../helpers/fetch-bench.ts'
import { rejection } from '../../helpers/open-database.ts'
import {
  entry,
  makeKey,
  type SftpServer,
  type SftpServerOptions,
  sftpPassword,
  startSftpServer,
} from '../../helpers/sftp-server.ts'
import { until } from '../../helpers/until.ts'

const hour = (count: number) => new Date(Date.UTC(2026, 9, 20, count))

async function write(bench: FetchBench, name: string, text: string, changedAt?: Date): Promise<void> {
  await Bun.write(`${bench.served}/${name}`, text)
  if (changedAt !== undefined) await utimes(`${bench.served}/${name}`, changedAt, changedAt)
}

interface Config {
  username: string
  password: string
  port: number
  idle_seconds: number
}

async function withServer(
  work: (context: { bench: FetchBench; config: Config; server: SftpServer }) => Promise<void>,
  options: SftpServerOptions = {},
): Promise<void> {
  await using bench = await openFetchBench('sftp')
  await using server = await startSftpServer(bench.served, options)
  const config = { username: 'acme', password: sftpPassword, port: server.port, idle_seconds: 20 }
  await work({ bench, server, config })
  await until(() => server.connections() === 0)
}

const serverKey = makeKey()

test('a file is fetched, with its name, size and time, and the key of its server', () =>
  withServer(
    async ({ bench, config, server }) => {
      await write(bench, 'out/Preise März.csv', 'sku;price\nA;1\n', hour(1))
      const given = { ...config, path: '/out/Preise März.csv' }
      const fetched = await bench.fetch(given)
      expect(fetched).toMatchObject({
        fileName: 'Preise März.csv',
        origin: {
          url: `sftp://127.0.0.1:${server.port}/out/Preise%20M%C3%A4rz.csv`,
          lastModified: hour(1).toISOString(),
          sizeBytes: 14,
        },
        learned: {
          host: `127.0.0.1:${server.port}`,
          host_key: serverKey.fingerprint,
          key_type: 'ssh-ed25519',
        },
      })
      expect(await bench.read(fetched!)).toBe('sku;price\nA;1\n')
      expect(bench.told.at(-1)).toEqual({ bytes: 14, bytesTotal: 14 })
      const { origin: last, learned } = fetched!
      expect(await bench.fetch(given, { last, learned })).toBeNull()
      expect(await bench.look(given, { last, learned })).toBe('same')
      await write(bench, 'out/Preise März.csv', 'sku;price\nA;2\n', hour(2))
      expect(await bench.look(given, { last, learned })).toBe('changed')
      expect(await bench.text(given, { last, learned })).toBe('sku;price\nA;2\n')
    },
    { hostKeys: [serverKey] },
  ))

test('a file that is larger than many pieces comes whole', () =>
  withServer(async ({ bench, config }) => {
    const bytes = Buffer.alloc(5_000_003, 'sku;price\n')
    await Bun.write(`${bench.served}/large.csv`, bytes)
    expect((await bench.text({ ...config, path: '/large.csv' })) === bytes.toString()).toBe(true)
    await Bun.write(`${bench.served}/empty.csv`, '')
    expect(await bench.text({ ...config, path: '/empty.csv' })).toBe('')
  }))

test('of a folder the newest list is taken, through a link too', () =>
  withServer(async ({ bench, config }) => {
    await write(bench, 'out/prices-1.csv', 'one', hour(1))
    await write(bench, 'out/prices-3.csv', 'three', hour(2))
    await write(bench, 'out/prices-2.csv', 'two', hour(3))
    await write(bench, 'out/.prices-4.csv', 'hidden', hour(4))
    await write(bench, 'out/prices-5.csv.tmp', 'half', hour(5))
    await mkdir(`${bench.served}/out/prices-6.csv`)
    await symlink('nowhere.csv', `${bench.served}/out/prices-7.csv`)
    expect(await bench.text({ ...config, path: '/out', files: 'prices-*.csv' })).toBe('two')
    await write(bench, 'elsewhere.csv', 'linked', hour(6))
    await symlink('../elsewhere.csv', `${bench.served}/out/prices-8.csv`)
    expect(await bench.text({ ...config, path: 'out/', files: 'prices-*.csv' })).toBe('linked')
  }))

test('a list with a mark is read when that is there, and not before', () =>
  withServer(async ({ bench, config }) => {
    await write(bench, 'out/list.csv', 'a;b')
    for (const path of ['/out', '/out/list.csv'])
      expect(await rejection(bench.fetch({ ...config, path, done_file: 'READY' }))).toMatchObject({
        code: 'file_not_complete',
        message: expect.stringContaining('READY'),
      })
    await write(bench, 'out/READY', '')
    for (const path of ['/out', '/out/list.csv'])
      expect(await bench.text({ ...config, path, done_file: 'READY', settle_seconds: 600 })).toBe('a;b')
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

test('one logs in with a key, with one that has a passphrase, or by answering a question', async () => {
  const userKey = makeKey()
  const other = makeKey('ecdsa')
  const sealed = makeKey('rsa', 'canary-passphrase')
  await withServer(
    async ({ bench, config: { password: _, ...config } }) => {
      await write(bench, 'list.csv', 'a;b')
      const given = { ...config, path: '/list.csv' }
      expect(await bench.text({ ...given, private_key: userKey.privateKey })).toBe('a;b')
      expect(await rejection(bench.fetch({ ...given, private_key: other.privateKey }))).toMatchObject({
        name: 'ForbiddenError',
        code: 'not_authorized',
      })
    },
    { userKey },
  )
  await withServer(
    async ({ bench, config: { password: _, ...config } }) => {
      await write(bench, 'list.csv', 'a;b')
      await Bun.write(`${bench.keys}/acme`, sealed.privateKey)
      const given = {
        ...config,

        private_key_file: `${bench.keys}/acme`,
        path: '/list.csv',
      }
      expect(await bench.text({ ...given, passphrase: 'canary-passphrase' })).toBe('a;b')
      for (const wrong of [{}, { passphrase: 'canary-other' }]) {
        const error = await rejection(bench.fetch({ ...given, ...wrong }))
        expect(error).toMatchObject({ name: 'InvalidError', code: 'private_key_not_readable' })
        expect(Bun.inspect(error, { depth: 20 })).not.toMatch(/canary|PRIVATE KEY/)
      }
    },
    { userKey: sealed },
  )
  await withServer(
    async ({ bench, config }) => {
      await write(bench, 'list.csv', 'a;b')
      expect(await bench.text({ ...config, path: '/list.csv' })).toBe('a;b')
    },
    { asksForPassword: true },
  )
})

test('a wrong password is said, and shown to nobody', async () => {
  for (const asksForPassword of [false, true]) {
    await withServer(
      async ({ bench, config, server }) => {
        const error = await rejection(bench.fetch({ ...config, password: 'canary-1', path: '/list.csv' }))
        expect(error).toMatchObject({ name: 'ForbiddenError', code: 'not_authorized' })
        expect(Bun.inspect(error, { depth: 20 })).not.toContain('canary-1')
        expect(server.logins()).toBe(0)
      },
      { asksForPassword },
    )
  }
})

test('a server that shows another key than before is told nothing, until that key is taken', async () => {
  const other = makeKey()
  const known = { host_key: serverKey.fingerprint, key_type: 'ssh-ed25519' }
  await withServer(
    async ({ bench, config, server }) => {
      await write(bench, 'list.csv', 'a;b')
      const given = { ...config, path: '/list.csv' }
      const learned = { ...known, host: `127.0.0.1:${server.port}` }
      for (const fetch of [
        () => bench.fetch(given, { learned }),
        // What the configuration says goes before what was learned.
        () =>
          bench.fetch(
            { ...given, host_key: serverKey.fingerprint },
            { learned: { ...learned, host_key: other.fingerprint } },
          ),
      ]) {
        const error = await rejection(fetch())
        expect(error).toMatchObject({ name: 'ForbiddenError', code: 'host_key_changed' })
        expect(String(error)).toContain(serverKey.fingerprint)
        expect(String(error)).toContain(`--set host_key=${other.fingerprint}`)
      }
      expect(server.logins()).toBe(0)
      const fetched = await bench.fetch({ ...given, host_key: other.fingerprint }, { learned })
      expect(fetched!.learned).toMatchObject({ host_key: other.fingerprint })
      // Of another server nothing is known yet.
      expect(await bench.text(given, { learned: { ...learned, host: '127.0.0.1:1' } })).toBe('a;b')
      expect(await bench.leftBehind()).toEqual([])
    },
    { hostKeys: [other] },
  )
})

test('the key of a server is kept before the password is sent, and whatever comes of the fetch', async () => {
  await withServer(async ({ bench, config, server }) => {
    const learned: unknown[] = []
    const learn = async (key: unknown) => void learned.push(key)
    const given = { ...config, path: '/none.csv' }
    const wrong = { ...given, password: 'canary-1' }
    expect(await rejection(bench.fetch(wrong, { learn }))).toMatchObject({ code: 'not_authorized' })
    expect(learned).toMatchObject([{ host: `127.0.0.1:${server.port}`, key_type: 'ssh-ed25519' }])
    // What is known is not kept again.
    const known = { learned: learned[0], learn }
    expect(await rejection(bench.fetch(given, known))).toMatchObject({ code: 'no_such_file' })
    expect(learned).toHaveLength(1)
    const logins = server.logins()
    const lost = new Error('The database is gone.')
    expect(await rejection(bench.fetch(given, { learn: () => Promise.reject(lost) }))).toBe(lost)
    expect(server.logins()).toBe(logins)
  })
})

test('a server with several keys is known by each of them', async () => {
  const keys = [makeKey('rsa'), makeKey('ecdsa'), makeKey('ed25519')]
  const types = ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519']
  await withServer(
    async ({ bench, config, server }) => {
      await write(bench, 'list.csv', 'a;b')
      const host = `127.0.0.1:${server.port}`
      const given = { ...config, path: '/list.csv' }
      for (const [n, { fingerprint }] of keys.entries()) {
        const learned = { host, host_key: fingerprint, key_type: types[n]! }
        expect((await bench.fetch(given, { learned }))!.learned).toEqual(learned)
        expect((await bench.fetch({ ...given, host_key: fingerprint }))!.learned).toEqual(learned)
      }
      const nobodys = makeKey().fingerprint
      expect(await rejection(bench.fetch({ ...given, host_key: nobodys }))).toMatchObject({
        code: 'host_key_changed',
      })
      expect(await bench.leftBehind()).toEqual([])
    },
    { hostKeys: keys },
  )
})

test('a server that knows only what is no longer safe is refused', async () => {
  const rsa = makeKey('rsa')
  for (const [algorithms, what] of [
    [{ serverHostKey: ['ssh-rsa'] }, 'proving its key'],
    [{ kex: ['diffie-hellman-group14-sha1'] }, 'exchanging keys'],
    [{ cipher: ['aes128-cbc'] }, 'encrypting'],
    [{ hmac: ['hmac-sha1'], cipher: ['aes128-ctr'] }, 'securing what is sent'],
  ] as const) {
    await withServer(
      async ({ bench, config }) => {
        expect(await rejection(bench.fetch({ ...config, path: '/list.csv' }))).toMatchObject({
          name: 'InvalidError',
          code: 'no_safe_algorithm',
          message: expect.stringContaining(what),
        })
      },
      {
        hostKeys: [rsa],
        algorithms: structuredClone(algorithms) as unknown as NonNullable<SftpServerOptions['algorithms']>,
      },
    )
  }
})

test('a file that is cut again and again is gone on with, and ends byte-identical', async () => {
  let cuts = 0
  const cut = new WeakSet()
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, n) => `${n};price\n`).join(''))
  await withServer(
    async ({ bench, config, server }) => {
      await Bun.write(`${bench.served}/list.csv`, bytes)
      expect((await bench.text({ ...config, path: '/list.csv' })) === bytes.toString()).toBe(true)
      expect(cuts).toBe(3)
      expect(server.logins()).toBe(4)
    },
    {
      onRead({ offset, connection }) {
        if (cut.has(connection)) return false
        if (cuts === 3 || offset < (cuts + 1) * 250_000) return true
        cuts++
        cut.add(connection)
        connection.end()
        return false
      },
    },
  )
}, 60_000)

test('where the file has changed after a cut, nothing of both is mixed', async () => {
  let isCut = false
  await withServer(
    async ({ bench, config }) => {
      await write(bench, 'list.csv', 'one;'.repeat(100_000), hour(1))
      const failing = rejection(bench.fetch({ ...config, path: '/list.csv' }))
      await until(() => isCut)
      await write(bench, 'list.csv', 'two;'.repeat(100_000), hour(2))
      expect(await failing).toMatchObject({ code: 'file_not_settled' })
      expect(await bench.leftBehind()).toEqual([])
    },
    {
      onRead({ offset, connection }) {
        if (isCut || offset < 200_000) return true
        isCut = true
        connection.end()
        return false
      },
    },
  )
}, 60_000)

test('a file that grows while it is read, or is taken away before, is refused', async () => {
  let path = ''
  await withServer(
    async ({ bench, config }) => {
      await write(bench, 'list.csv', 'a;b\n'.repeat(10_000))
      path = `${bench.served}/list.csv`
      expect(await rejection(bench.fetch({ ...config, path: '/list.csv' }))).toMatchObject({
        code: 'file_not_settled',
      })
    },
    {
      onRead: () => {
        Bun.spawnSync(['sh', '-c', `printf 'more\n' >> '${path}'`])
        return true
      },
    },
  )
  await withServer(
    async ({ bench, config }) => {
      await write(bench, 'list.csv', 'a;b')
      path = `${bench.served}/list.csv`
      expect(await rejection(bench.fetch({ ...config, path: '/list.csv' }))).toMatchObject({
        name: 'NotFoundError',
        code: 'no_such_file',
      })
    },
    {
      onAsked(asked) {
        if (asked.startsWith('OPEN ')) Bun.spawnSync(['rm', path])
        return true
      },
    },
  )
})

test('names that are no names of files are never asked for', async () => {
  const bad = ['../list.csv', '/etc/passwd', 'a\nb', 'a\0.csv', 'a\u001b[2J.csv', '', '\ufffd.csv']
  const listed = [
    entry('.'),
    entry('..'),
    ...bad.map((name) => entry(name)),
    entry('__proto__', { mtime: 1 }),
  ]
  await withServer(
    async ({ bench, config, server }) => {
      await write(bench, 'out/__proto__', 'proto')
      const given = { ...config, path: '/out' }
      expect(await rejection(bench.fetch({ ...given, files: '*.csv' }))).toMatchObject({
        code: 'no_such_file',
        message: expect.stringContaining(`${bad.length} names that no file can be asked for by`),
      })
      expect(server.asked.filter((asked) => !/^(STAT \/out|(OPEN|READ)DIR \/out)$/.test(asked))).toEqual([])
      expect(await rejection(bench.fetch({ ...given, path: '/list.csv' }))).toMatchObject({
        code: 'no_such_file',
      })
    },
    { list: (call) => (call === 0 ? listed : null) },
  )
})

test('of 100,000 names, or of a listing without end, no more is read than makes sense', async () => {
  const many = Array.from({ length: 100 }, (_, n) => entry(`${n}.csv`))
  for (const [list, code] of [
    [() => many, 'too_many_files'],
    // A few names that fill the memory.
    [(call: number) => [{ ...entry(`${call}${'x'.repeat(200_000)}`), longname: '' }], 'too_many_files'],
    [() => [], 'no_such_file'],
  ] as const) {
    await withServer(
      async ({ bench, config, server }) => {
        await mkdir(`${bench.served}/out`)
        expect(await rejection(bench.fetch({ ...config, path: '/out' }))).toMatchObject({ code })
        expect(server.asked.length).toBeLessThan(200)
      },
      { list },
    )
  }
})

test('a server that is silent is given up, wherever it stops', async () => {
  for (const stop of ['STAT', 'OPENDIR', 'READDIR', 'OPEN', 'READ']) {
    await withServer(
      async ({ bench, config }) => {
        await write(bench, 'out/list.csv', 'a;b')
        const given = { ...config, path: '/out', idle_seconds: 1, timeout_seconds: 3 }
        expect(await rejection(bench.fetch(given))).toMatchObject({
          name: 'UnavailableError',
          code: 'timed_out',
        })
        expect(await bench.leftBehind()).toEqual([])
      },
      { onAsked: (asked) => !asked.startsWith(`${stop} `), onRead: () => stop !== 'READ' },
    )
  }
}, 60_000)

test('what is no SSH server, or goes on greeting, is given up', async () => {
  await using bench = await openFetchBench('sftp')
  for (const [begin, code] of [
    [() => {}, 'timed_out'],
    [(write: (text: string) => void) => write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'timed_out'],
    [(write: (text: string) => void) => write('welcome\r\n'.repeat(5000)), 'server_failed'],
    [(write: (text: string) => void) => write('x'.repeat(100_000)), 'server_failed'],
    [(write: (text: string) => void) => write('SSH-2.0-x\r\n'.padEnd(5000, '\xff')), 'server_failed'],
    [(_: unknown, end: () => void) => end(), 'cut_off'],
  ] as const) {
    const open = new Set<unknown>()
    const server = createServer((socket) => {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => open.delete(socket))
      socket.resume()
      begin(
        (text) => socket.write(text, 'latin1'),
        () => socket.destroy(),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const config = { username: 'acme', password: 'canary', port, path: '/list.csv', idle_seconds: 1 }
    const error = await rejection(bench.fetch(config))
    expect(error).toMatchObject({ name: 'UnavailableError', code })
    expect(Bun.inspect(error, { depth: 20 })).not.toContain('canary')
    await until(() => open.size === 0)
    server.close()
  }
}, 60_000)

test('where a few bytes are enough, or it is told to end, the reading ends, and the connection too', () =>
  withServer(async ({ bench, config, server }) => {
    await Bun.write(`${bench.served}/large.csv`, Buffer.alloc(20_000_000, 'x'))
    const given = { ...config, path: '/large.csv' }
    const fetched = await bench.fetch(given, { bytesEnough: 1000 })
    expect(fetched!.received.sizeBytes).toBeGreaterThanOrEqual(1000)
    expect(fetched!.received.sizeBytes).toBeLessThan(5_000_000)
    await until(() => server.connections() === 0)
    for (const isAtOnce of [true, false]) {
      const stop = new AbortController()
      const end = () => stop.abort(new Error('Enough.'))
      const fetching = bench.fetch(given, { signal: stop.signal, onProgress: end })
      if (isAtOnce) end()
      expect(await rejection(fetching)).toMatchObject({ message: 'Enough.' })
    }
    expect(await rejection(bench.fetch(given, { sizeBytesMax: 999 }))).toMatchObject({
      code: 'file_too_large',
    })
    expect(await bench.leftBehind()).toEqual([])
  }))

test('a configuration that makes no sense is refused, and says where', async () => {
  await using bench = await openFetchBench('sftp')
  const whole = { username: 'acme', password: 'canary-1', path: '/list.csv' }
  const without = { username: 'acme', path: '/list.csv' }
  for (const [config, where] of [
    [{ ...whole, path: '/list.csv\n' }, 'path'],
    [{ ...whole, host_key: 'canary' }, 'host_key'],
    [{ ...without, private_key: 'canary' }, 'private_key'],
    [{ ...without, private_key_file: 'key' }, 'private_key_file'],
    [{ ...whole, username: '' }, 'username'],
  ] as const) {
    const error = await rejection(bench.fetch(config))
    expect(error).toMatchObject({ code: 'invalid_config', message: expect.stringContaining(where) })
    expect(Bun.inspect(error)).not.toContain('canary')
  }
  for (const [config, code] of [
    [without, 'invalid_config'],
    [{ ...without, private_key: serverKey.privateKey, private_key_file: '/key' }, 'invalid_config'],
    [{ ...without, private_key_file: '/elsewhere/key' }, 'key_folder_not_allowed'],
  ] as const) {
    const check = () =>
      connectorOf('sftp').check(
        { host: 'sftp.test', ...config },
        { ...fetchSettingsDefault, keyFolders: ['/keys'] },
      )
    expect(check).toThrow(expect.objectContaining({ code }))
  }
})
