import { afterAll, expect, test } from 'bun:test'
import { createServer, type Socket } from 'node:net'
import type { FetchContext } from '../../../src/sources/kinds/kind.ts'
import { openFetchBench } from '../../helpers/fetch-bench.ts'
import { rejection } from '../../helpers/open-database.ts'
import { type FtpScript, startScriptedFtp } from '../../helpers/scripted-ftp.ts'
import { until } from '../../helpers/until.ts'

const bench = await openFetchBench('ftp')
afterAll(() => bench[Symbol.asyncDispose]())

async function served<Result>(
  script: FtpScript,
  work: (server: Awaited<ReturnType<typeof startScriptedFtp>>) => Promise<Result>,
): Promise<Result> {
  await using server = await startScriptedFtp(script)
  // The server is closed behind it.
  return await work(server)
}

/** What comes of fetching from such a server; every connection to it is closed then. */
const outcome = (script: FtpScript, config: object = {}, context: Partial<FetchContext> = {}) =>
  served(script, async (server) => {
    const given = { port: server.port, path: '/out', idle_seconds: 2, ...config }
    const fetched = await bench.text(given, context).then(
      (text) => ({ text, error: null }),
      (error: unknown) => ({ text: null, error }),
    )
    await until(() => server.open() === 0)
    return { ...fetched, commands: server.commands }
  })

const bytes = Buffer.from('sku;price\nA;1\n')
const files = { '/out/list.csv': { bytes } }

test('names that are no names of files are never asked for', async () => {
  const bad = ['..', '../list.csv', '/etc/passwd', 'a\rDELE list.csv', 'a\0.csv', 'a\u001b[2J.csv', '.', '']
  const lines = bad.map((name) => `type=file;size=14;modify=20261101000000; ${name}\r\n`)
  const { error, commands } = await outcome({ files, listing: () => Buffer.from(lines.join(''), 'latin1') })
  expect(error).toMatchObject({
    name: 'NotFoundError',
    code: 'no_such_file',
    message: expect.stringMatching(/names that no file can be asked for by/),
  })
  expect(commands.filter((line) => /^(RETR|SIZE|MDTM|DELE)/.test(line))).toEqual([])
})

test('beside names that are none, the list is found', async () => {
  const listing = Buffer.from(
    '__proto__=1;type=file; __proto__\r\ntype=dir;modify=20261101000000; constructor\r\ntype=file;size=9;modify=20261101000000; ../a.csv\r\ntype=file;size=14;modify=20261020010000; list.csv\r\n',
  )
  expect(await outcome({ files, listing: () => listing }, { files: '*.csv' })).toMatchObject({
    text: bytes.toString(),
  })
})

test('a file may be called as it likes: __proto__, with spaces, in Latin-1 or in UTF-8', async () => {
  const latin1 = 'M\xe4rz \xdcbersicht.csv'
  const utf8 = Buffer.from('März Übersicht.csv').toString('latin1')
  for (const [name, shown] of [
    ['__proto__', '__proto__'],
    [' a b .csv', ' a b .csv'],
    [latin1, 'März Übersicht.csv'],
    [utf8, 'März Übersicht.csv'],
    ['constructor', 'constructor'],
  ] as const) {
    for (const hasMlsd of [true, false]) {
      await served({ files: { [`/out/${name}`]: { bytes } }, hasMlsd }, async ({ port }) => {
        const given = { port, settle_seconds: 0.1 }
        const fetched = await bench.fetch({ ...given, path: '/out' })
        expect(fetched).toMatchObject({ received: { sizeBytes: bytes.length } })
        expect(fetched!.fileName).toBe(shown)
        expect(fetched!.origin.url).toEndWith(`/out/${encodeBytes(name)}`)
        expect(await bench.text({ ...given, path: `/out/${shown}` })).toBe(bytes.toString())
        // A pattern, too, is written as people read it.
        expect(await bench.text({ ...given, path: '/out', files: shown })).toBe(bytes.toString())
      })
    }
  }
})

const encodeBytes = (name: string) =>
  [...name]
    .map((each) =>
      /[\w.]/.test(each) ? each : `%${Buffer.from(each, 'latin1').toString('hex').toUpperCase()}`,
    )
    .join('')

test('of 100,000 names, or of a listing without end, no more is read than makes sense', async () => {
  const many = Buffer.from(
    Array.from({ length: 100_000 }, (_, n) => `type=file;size=1;modify=20261101000000; ${n}\r\n`).join(''),
  )
  async function* endless() {
    const piece = Buffer.alloc(65_536, 'type=file; x\r\n')
    for (;;) yield piece
  }
  async function* oneLine() {
    for (;;) yield Buffer.alloc(65_536, 'x')
  }
  for (const listing of [() => many, endless, oneLine]) {
    const { error } = await outcome({ files, listing }, { idle_seconds: 20 })
    expect(error).toMatchObject({ name: 'InvalidError', code: 'too_many_files' })
  }
}, 60_000)

test('a listing that nobody understands is said', async () => {
  const { error } = await outcome({
    files,
    listing: () => Buffer.from('<html><body>hello</body></html>\r\n'),
  })
  expect(error).toMatchObject({ code: 'listing_not_understood' })
})

test('a server that goes on greeting, drips, or is silent is given up', async () => {
  const drip =
    (text: string) =>
    (control: { write(text: string): void; once(event: 'close', then: () => void): void }) => {
      const dripping = setInterval(() => control.write(text), 20)
      control.once('close', () => clearInterval(dripping))
      return false as const
    }
  for (const [script, code] of [
    [{ greeting: drip('220-Welcome!\r\n'.repeat(10)) }, 'timed_out'],
    [{ greeting: drip('220-Welcome!\r\n'.repeat(5000)) }, 'server_failed'],
    [{ greeting: drip('x') }, 'timed_out'],
    [{ greeting: () => false }, 'timed_out'],
    [{ greeting: () => 'SSH-2.0-OpenSSH_9.9' }, 'timed_out'],
    [{ answer: (command) => (command === 'PASS' ? false : null) }, 'timed_out'],
    [{ files, answer: (command) => (command === 'MLSD' ? false : null) }, 'timed_out'],
    // Replies without end that nobody has asked for.
    [
      {
        answer: (command, _rest, { control }) => {
          if (command !== 'PASS') return null
          if (control.listenerCount('close') < 3) drip('331 Once more.\r\n')(control)
          return false
        },
      },
      'timed_out',
    ],
  ] satisfies [FtpScript, string][]) {
    const { error } = await outcome(script, { idle_seconds: 1 })
    expect(error).toMatchObject({ code })
  }
}, 60_000)

test('a file that does not come is given up after a silence, with everything that was begun', async () => {
  const { error } = await outcome(
    { files, send: (data) => data.write('sku') },
    { idle_seconds: 1, timeout_seconds: 4 },
  )
  expect(error).toMatchObject({ name: 'UnavailableError', code: 'timed_out' })
  expect(await bench.leftBehind()).toEqual([])
}, 60_000)

test('what a server says is in no error, and no password either', async () => {
  const canary = 'canary-7'
  const echo = (code: number) => `${code} canary-7 is not welcome, PASS canary-7`
  for (const at of ['USER', 'PASS', 'TYPE', 'CWD', 'MLSD', 'SIZE', 'RETR', 'EPSV', 'FEAT']) {
    for (const code of [150, 227, 331, 350, 421, 430, 450, 500, 530, 550]) {
      const { error } = await outcome(
        { files, answer: (command) => (command === at ? echo(code) : null) },
        {
          password: canary,
          username: 'canary-user',
          path: at === 'SIZE' ? '/out/list.csv' : '/out',
          timeout_seconds: 1,
        },
      )
      const shown = Bun.inspect(error, { depth: 20 })
      expect(shown).not.toContain('canary')
      if (error !== null)
        expect(error).toMatchObject({ code: expect.any(String), message: expect.any(String) })
    }
  }
  const { error } = await outcome(
    { greeting: () => echo(220), answer: () => 'canary-7' },
    { password: canary, idle_seconds: 1 },
  )
  expect(Bun.inspect(error, { depth: 20 })).not.toContain('canary')
}, 60_000)

test('a file that vanishes between listing and reading is said', async () => {
  const gone = { ...files }
  const { error } = await outcome({
    files: gone,
    answer: (command) => (command === 'RETR' ? '550 Gone.' : null),
  })
  expect(error).toMatchObject({
    name: 'NotFoundError',
    code: 'no_such_file',
    message: expect.stringContaining('list.csv'),
  })
})

test('a file that grows, shrinks or changes while it is read is refused for now', async () => {
  const changing: Record<string, { bytes: Buffer; modified?: string }> = { '/out/list.csv': { bytes } }
  for (const send of [
    // More comes than was said.
    (data, sent, { reply }) =>
      data.end(Buffer.concat([sent, Buffer.from('B;2\n')]), () => reply('226 Done.')),
    (data, sent, { reply }) => {
      changing['/out/list.csv'] = { bytes: Buffer.from('sku;price\nB;2\n'), modified: '20261020010001' }
      data.end(sent, () => reply('226 Done.'))
    },
  ] satisfies NonNullable<FtpScript['send']>[]) {
    changing['/out/list.csv'] = { bytes }
    const { error } = await outcome({ files: changing, send })
    expect(error).toMatchObject({ name: 'UnavailableError', code: 'file_not_settled' })
  }
  expect(await bench.leftBehind()).toEqual([])
})

/** No part of it is like another. */
const large = Buffer.from(Array.from({ length: 6000 }, (_, n) => `${n};price\n`).join(''))
const isLarge = (text: string | null) => text === large.toString()

test('a file that is cut again and again is gone on with, and ends byte-identical', async () => {
  let cuts = 0
  const { text, commands } = await outcome({
    files: { '/out/list.csv': { bytes: large } },
    send(data, sent, { control, reply }) {
      if (cuts === 5) return void data.end(sent, () => reply('226 Done.'))
      cuts++
      // In turn: all is gone at once, only the data is, or the server says that it was all.
      data.write(sent.subarray(0, 10_000), () => {
        if (cuts % 3 === 2) control.destroy()
        if (cuts % 3 === 1) reply('426 Cut.')
        data.destroySoon()
        if (cuts % 3 === 0) reply('226 Done.')
      })
    },
  })
  expect(isLarge(text)).toBe(true)
  const restarts = commands.filter((line) => line.startsWith('REST')).map((line) => Number(line.slice(5)))
  // A little before the cut, to see that it is the same file that goes on.
  expect(restarts).toContain(10_000 - 4096)
}, 60_000)

test('where the file has changed after a cut, nothing of both is mixed', async () => {
  const changing = { '/out/list.csv': { bytes: large, modified: '20261020010000' } }
  const { error } = await outcome({
    files: changing,
    send(data, sent, { control }) {
      changing['/out/list.csv'] = { bytes: Buffer.from(large).reverse(), modified: '20261020020000' }
      data.write(sent.subarray(0, 20_000), () => {
        data.destroySoon()
        control.destroy()
      })
    },
  })
  expect(error).toMatchObject({ code: 'file_not_settled' })
})

for (const [what, rest] of [
  ['does not know REST', '502 No.'],
  ['takes REST and begins anew all the same', '350 Certainly.'],
] as const) {
  test(`from a server that ${what}, a file that was cut is read from its beginning`, async () => {
    let cuts = 0
    const { text } = await outcome({
      files: { '/out/list.csv': { bytes: large } },
      answer: (command) => (command === 'REST' ? rest : null),
      send(data, sent, { control, reply }) {
        if (cuts++ > 0) return void data.end(sent, () => reply('226 Done.'))
        data.write(sent.subarray(0, 20_000), () => {
          data.destroySoon()
          control.destroy()
        })
      },
    })
    expect(isLarge(text)).toBe(true)
    expect(await bench.leftBehind()).toEqual([])
  }, 60_000)
}

/** Sends without end, as fast as it is taken. */
function flood(data: Socket): void {
  const piece = Buffer.alloc(65_536, 'sku;price\n')
  const more = () => {
    while (!data.destroyed && data.write(piece));
  }
  data.on('drain', more)
  more()
}
const gigabyte = { ...files, '/out/list.csv': { bytes, size: 1_000_000_000 } }

test('where a few bytes are enough, the reading ends with them, and the connection too', async () => {
  const { text } = await outcome({ files: gigabyte, send: flood }, {}, { bytesEnough: 100_000 })
  expect(text!.length).toBeGreaterThanOrEqual(100_000)
  expect(text!.length).toBeLessThan(1_000_000)
})

test('fetching ends when it is told to, and leaves nothing behind', async () => {
  for (const isAtOnce of [true, false]) {
    const stop = new AbortController()
    const end = () => stop.abort(new Error('Enough.'))
    const ending = outcome(
      { files: gigabyte, send: flood },
      {},
      { signal: stop.signal, onProgress: end, sizeBytesMax: 2e9 },
    )
    if (isAtOnce) end()
    expect(await ending).toMatchObject({ error: { message: 'Enough.' } })
  }
  expect(await bench.leftBehind()).toEqual([])
})

test('a body without end ends with the size that was said, or that is allowed', async () => {
  const sized = { ...files, '/out/list.csv': { bytes, size: 200_000 } }
  expect(await outcome({ files: sized, send: flood })).toMatchObject({ error: { code: 'file_not_settled' } })
  const unsaid: FtpScript = {
    files: { '/out/list.csv': { bytes } },
    hasMlsd: false,
    listing: () => Buffer.from('lrwxrwxrwx 1 a a 1 Oct 20 2026 list.csv\r\n'),
    answer: (command) => (command === 'SIZE' ? '502 No.' : null),
    send: flood,
  }
  expect(await outcome(unsaid, {}, { sizeBytesMax: 1_000_000 })).toMatchObject({
    error: { code: 'file_too_large' },
  })
  expect(await bench.leftBehind()).toEqual([])
})

test('of a file that is said to be larger than allowed nothing is asked for', async () => {
  const sized = { ...files, '/out/list.csv': { bytes, size: 2_000_000 } }
  const { error, commands } = await outcome({ files: sized }, {}, { sizeBytesMax: 1_000_000 })
  expect(error).toMatchObject({ code: 'file_too_large' })
  expect(commands.filter((line) => line.startsWith('RETR'))).toEqual([])
})

test('a server that names another address for its data is not believed', async () => {
  const elsewhere: string[] = []
  const listener = createServer((socket) => {
    elsewhere.push('connected')
    socket.end('evil')
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.2', resolve))
  try {
    const { port } = listener.address() as { port: number }
    const { text, error } = await outcome(
      {
        files,
        answer: (command) =>
          command === 'EPSV'
            ? `229 Entering (|1|127.0.0.2|${port}|)`
            : command === 'PASV'
              ? `227 Entering (127,0,0,2,${port >> 8},${port & 255})`
              : null,
      },
      { idle_seconds: 1 },
    )
    expect(text).toBeNull()
    expect(error).toMatchObject({ name: 'UnavailableError', code: 'unreachable' })
    expect(elsewhere).toEqual([])
  } finally {
    listener.close()
  }
})

test('a server that names an address of its own network for its data is fetched from', async () => {
  const script: FtpScript = {
    files,
    answer(command, _rest, { control }) {
      if (command === 'EPSV') return '500 No.'
      if (command !== 'PASV') return null
      // What a good server says, with an address that is not its own.
      const { write } = control
      control.write = (text: string, ...rest: never[]) => {
        control.write = write
        return write.call(control, text.replace('(127,0,0,1,', '(10,1,2,3,'), ...rest)
      }
      return null
    },
  }
  expect(await outcome(script)).toMatchObject({ text: bytes.toString() })
})

test('a port at which nobody answers is no server, and said', async () => {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  await new Promise((resolve) => listener.close(resolve))
  expect(await rejection(bench.fetch({ port, path: '/out' }))).toMatchObject({
    name: 'UnavailableError',
    code: 'unreachable',
    message: expect.stringContaining(`ftp://127.0.0.1:${port}`),
  })
})

test('a password is not sent to a server that takes no TLS when TLS is wanted', async () => {
  for (const tls of ['explicit', 'implicit'] as const) {
    const { error, commands } = await outcome(
      { files, answer: (command) => (command === 'AUTH' ? '502 No.' : null) },
      { tls, password: 'canary', idle_seconds: 2 },
    )
    expect(error).toMatchObject({ name: 'InvalidError', code: 'tls_failed' })
    expect(commands.join('\n')).not.toContain('canary')
  }
})
