import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Origin } from '../../../src/imports/model.ts'
import { type KindBench, fetchedAt as noted, openKindBench } from '../../helpers/kind-bench.ts'
import { answerKnown, type ListServer, openListServer } from '../../helpers/list-server.ts'
import { priceList } from '../../helpers/lists.ts'
import { rejection } from '../../helpers/open-database.ts'
import { until } from '../../helpers/until.ts'

interface Fixture extends AsyncDisposable {
  bench: KindBench
  server: ListServer
  /** Address of the list. */
  url: string
}

async function open(answer: ListServer['answer']): Promise<Fixture> {
  const bench = await openKindBench('http')
  const server = await openListServer(answer)
  return {
    bench,
    server,
    url: `${server.url}/lists/prices.csv`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await bench[Symbol.asyncDispose]()
    },
  }
}

/** Answers with a body and headers. */
const giving =
  (body: string | Uint8Array, headers: Record<string, string> = {}): ListServer['answer'] =>
  (response) =>
    response.writeHead(200, headers).end(body)

describe('a list', () => {
  test('is fetched byte for byte, with its name, where it came from, and when that was so', async () => {
    const body = priceList(3)
    await using fixture = await open(
      giving(body, {
        'content-type': 'text/csv; charset=utf-8',
        'content-length': String(Buffer.byteLength(body)),
        etag: '"one"',
        'last-modified': 'Sat, 21 Nov 2026 05:00:00 GMT',
      }),
    )
    const { bench, url } = fixture
    const fetched = await bench.fetched({ url })
    expect(fetched).toMatchObject({
      fileName: 'prices.csv',
      fetchedAt: noted,
      origin: {
        url,
        contentType: 'text/csv; charset=utf-8',
        etag: '"one"',
        lastModified: 'Sat, 21 Nov 2026 05:00:00 GMT',
        sizeBytes: body.length,
      },
    })
    expect(await bench.text(fetched)).toBe(body)
    expect(bench.told.at(-1)).toEqual({ bytes: body.length, bytesTotal: body.length })
  })

  test('is seen to come from its first bytes on', async () => {
    const isSeen = Promise.withResolvers<void>()
    await using fixture = await open((response) => {
      response.write('a;b\n')
      void isSeen.promise.then(() => response.end('1;2\n'))
    })
    const { bench, url } = fixture
    const fetching = bench.fetched({ url })
    try {
      await until(() => bench.told.some(({ bytes }) => bytes === 4))
    } finally {
      isSeen.resolve()
    }
    expect(await bench.text(await fetching)).toBe('a;b\n1;2\n')
    expect(bench.told.at(-1)).toEqual({ bytes: 8, bytesTotal: null })
  })

  test('is asked for with everything that its source says, and shown without its secrets', async () => {
    await using fixture = await open(giving('a;b'))
    const { bench, server, url } = fixture
    const fetched = await bench.fetched({
      url: `${url}?apikey=SECRET1`,
      method: 'POST',
      query: { lang: 'de' },
      secret_query: { customer: 'SECRET2' },
      headers: { Accept: 'text/csv', 'User-Agent': 'me' },
      secret_headers: { 'X-Key': 'SECRET3' },
      secret_form: { pin: 'SECRET4 &' },
      username: 'acme',
      password: 'SECRET5',
    })
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/lists/prices.csv?apikey=SECRET1&lang=de&customer=SECRET2',
        headers: {
          accept: 'text/csv',
          'user-agent': 'me',
          'x-key': 'SECRET3',
          'accept-encoding': 'identity',
          'content-type': expect.stringContaining('application/x-www-form-urlencoded'),
          authorization: `Basic ${btoa('acme:SECRET5')}`,
        },
        body: 'pin=SECRET4+%26',
      },
    ])
    expect(fetched.origin.url).toBe(`${url}?apikey=***&lang=de&customer=***`)
    expect(JSON.stringify(fetched)).not.toContain('SECRET')
    await bench.fetched({ url, method: 'POST', body: { report: 1 }, token: 'SECRET6' })
    expect(server.requests.at(-1)).toMatchObject({
      headers: {
        'content-type': expect.stringContaining('application/json'),
        authorization: 'Bearer SECRET6',
      },
      body: '{"report":1}',
    })
  })

  test('that is known is not sent again, be it known by its ETag or by when it was changed', async () => {
    const lastModified = 'Sat, 21 Nov 2026 05:00:00 GMT'
    for (const known of [{ etag: 'W/"one"' }, { etag: '"one"', lastModified }, { lastModified }]) {
      await using fixture = await open((response, request) =>
        answerKnown(response, request, { body: 'a;b', ...known }),
      )
      const { bench, url, server } = fixture
      const { origin, received, learned } = await bench.fetched({ url })
      await received.discard()
      const before = { last: origin, learned }
      expect(await bench.fetch({ url }, before)).toEqual({ received: null, fetchedAt: noted })
      expect(await bench.look({ url }, before)).toBe('same')
      server.answer = (response, request) =>
        answerKnown(response, request, { body: 'c;d', etag: '"two"', lastModified: noted.toUTCString() })
      expect(await bench.look({ url }, before)).toBe('etag' in known ? 'changed' : 'unknown')
      expect(await bench.text(await bench.fetched({ url }, before))).toBe('c;d')
    }
  })

  test('of another dealer at the same address is fetched in any case, also where both have one time', async () => {
    const lastModified = 'Sat, 21 Nov 2026 05:00:00 GMT'
    const secrets = { secret_headers: { 'X-Key': 'canary-key' }, secret_query: { customer: 'canary-one' } }
    await using fixture = await open((response, request) =>
      answerKnown(response, request, { body: 'a;b', lastModified }),
    )
    const { bench, url, server } = fixture
    const config = { url, username: 'acme', password: 'canary-word', ...secrets }
    const { origin: last, received, learned } = await bench.fetched(config)
    await received.discard()
    expect(learned).toEqual({ request: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(await bench.fetch(config, { last, learned })).toMatchObject({ received: null })
    const { username: _, password: __, ...anonymous } = config
    const others = [
      { ...config, username: 'bertha' },
      { ...config, password: 'other-word' },
      { ...anonymous, token: 'canary-token' },
      { ...config, headers: { 'X-List': 'trade' } },
      { ...config, secret_headers: { 'X-Key': 'other-key' } },
      { ...config, secret_query: { customer: 'canary-two' } },
    ]
    const known = [...others.map((other) => ({ other, learned })), { other: config, learned: null }]
    for (const { other, learned } of known) {
      const { received, origin } = await bench.fetched(other, { last, learned })
      await received.discard()
      expect(origin).toEqual(last)
      const asked = server.requests.length
      expect(await bench.look(other, { last, learned })).toBe('unknown')
      expect(server.requests).toHaveLength(asked)
    }
  })

  test('of another address is fetched in any case, and so is what was posted for', async () => {
    await using fixture = await open((response, request) =>
      answerKnown(response, request, { body: 'a;b', etag: '"one"' }),
    )
    const { bench, url, server } = fixture
    const { origin, received, learned } = await bench.fetched({ url })
    await received.discard()
    const again = async (config: object, last: Origin) => {
      const { received } = await bench.fetched(config, { last, learned })
      await received.discard()
      expect(server.requests.at(-1)!.headers).not.toHaveProperty('if-none-match')
      const asked = server.requests.length
      expect(await bench.look(config, { last, learned })).toBe('unknown')
      expect(server.requests).toHaveLength(asked)
    }
    await again({ url: `${url}?x` }, origin)
    await again({ url, query: { page: '2' } }, origin)
    await again({ url, method: 'POST' }, origin)
    await again({ url }, { ...origin, url: null })
    await again({ url }, { ...origin, etag: null })
  })

  test('that a server without conditions sends again is fetched; a look sees that it is the same', async () => {
    await using fixture = await open(giving('a;b', { etag: '"one"' }))
    const { bench, url } = fixture
    const { origin: last, received, learned } = await bench.fetched({ url })
    await received.discard()
    expect(await bench.look({ url }, { last, learned })).toBe('same')
    expect(await bench.text(await bench.fetched({ url }, { last, learned }))).toBe('a;b')
  })

  test('that was written in the very second of its answer cannot be known by that', async () => {
    const date = 'Sun, 22 Nov 2026 09:00:00 GMT'
    await using fixture = await open(giving('a;b', { 'last-modified': date, date }))
    const { bench, url } = fixture
    const fetched = await bench.fetched({ url })
    expect(fetched.origin).toMatchObject({ etag: null, lastModified: null })
    await fetched.received.discard()
  })

  test('of which a part is enough is read that far', async () => {
    await using fixture = await open(giving(`a;b\n${'1;2\n'.repeat(200_000)}`))
    const { bench, url } = fixture
    const fetched = await bench.fetched({ url }, { bytesEnough: 50_000 })
    expect(fetched.received.sizeBytes).toBeGreaterThanOrEqual(50_000)
    expect(fetched.received.sizeBytes).toBeLessThan(200_000)
    await fetched.received.discard()
  })

  test('is followed to where it lies now, without credentials where that is somebody else', async () => {
    await using other = await openListServer(giving('a;b'))
    await using fixture = await open((response) =>
      response.writeHead(302, { location: `${other.url}/now.csv?signature=x` }).end(),
    )
    const { bench, url } = fixture
    const fetched = await bench.fetched({
      url,
      token: 'SECRET',
      secret_headers: { 'X-Shop': 'SECRET', Cookie: 'SECRET' },
    })
    expect(other.requests).toHaveLength(1)
    expect(JSON.stringify(other.requests)).not.toContain('SECRET')
    // As its source names it: the address that it lies at may be another one tomorrow.
    expect(fetched).toMatchObject({ fileName: 'prices.csv', origin: { url } })
    await fetched.received.discard()
  })
})

describe('a name', () => {
  test.each([
    ['attachment; filename="Preise.xlsx"', 'Preise.xlsx'],
    ["attachment; filename=x.csv; filename*=UTF-8''Preise%20M%C3%A4rz.csv", 'Preise März.csv'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="..\\\\..\\\\boot.ini"', 'boot.ini'],
    ["attachment; filename*=UTF-8''%2e%2e%2f%2e%2e%2fetc%2fpasswd", 'passwd'],
    ["attachment; filename*=UTF-8''a%0d%0aSet-Cookie:%20x.csv", 'aSet-Cookie: x.csv'],
    ["attachment; filename*=UTF-8''a%00b%E2%80%AEvsc.exe", 'abvsc.exe'],
    ['attachment; filename=".."', 'upload'],
    ['attachment; filename="__proto__"', '__proto__'],
    ['attachment', 'prices.csv'],
    ['nonsense;;;=', 'prices.csv'],
    [`attachment; filename="${'x'.repeat(900)}.csv"`, `${'x'.repeat(251)}.csv`],
    // UTF-8 as it is, which is sent as Latin-1.
    [Buffer.from('attachment; filename="März.csv"').toString('latin1'), 'März.csv'],
    [Buffer.from('attachment; filename="März.csv"', 'latin1').toString('latin1'), 'März.csv'],
  ])('that a server gives is only a name: %s', async (disposition, name) => {
    await using fixture = await open(giving('a;b', { 'content-disposition': disposition }))
    const { bench, url } = fixture
    const fetched = await bench.fetched({ url })
    expect(fetched.fileName).toBe(name)
    await fetched.received.keep()
    const ours = /^(place\.id|[0-9a-f]{2}\/[0-9a-f]{64}(\.meta\.json)?)$/
    expect((await bench.leftovers()).filter((path) => !ours.test(path))).toEqual([])
  })

  test('that the source says is the one', async () => {
    await using fixture = await open(giving('a;b', { 'content-disposition': 'attachment; filename=x.csv' }))
    const { bench, url } = fixture
    const fetched = await bench.fetched({ url, file_name: 'weekly.csv' })
    expect(fetched.fileName).toBe('weekly.csv')
    await fetched.received.discard()
  })
})

describe('what is no list', () => {
  test('such as a login page with status 200 is refused, with its title and without what it echoes', async () => {
    const login = (title: string) => `<!DOCTYPE html>\n<html><head><title>${title}</title></head><form>`
    await using fixture = await open(giving(login('Acme &ndash; Log in'), { 'content-type': 'text/html' }))
    const { bench, url, server } = fixture
    const config = {
      url: `${url}?token=SECRET1`,
      password: 'SECRET2',
      secret_headers: { 'X-Key': 'SECRET3' },
    }
    expect(await rejection(bench.fetch(config))).toMatchObject({
      name: 'InvalidError',
      code: 'html_instead_of_list',
      message: expect.stringMatching(
        /prices\.csv\?token=\*\*\* .*"Acme &ndash; Log in".*username.*accept_html/s,
      ),
    })
    for (const echoed of ['SECRET1', 'SECRET2', 'SECRET3', btoa(':SECRET2')]) {
      server.answer = giving(login(`No access for ${echoed}`))
      const error = await rejection(bench.fetch(config))
      expect(error).toMatchObject({ code: 'html_instead_of_list' })
      expect(Bun.inspect(error)).not.toContain(echoed)
    }
    expect(await bench.leftovers()).toEqual([])
    expect(await bench.text(await bench.fetched({ url, accept_html: true }))).toContain('No access')
  })

  test('such as a redirect to a login page is refused too', async () => {
    await using fixture = await open((response, { path }) =>
      path === '/login'
        ? response.end('<html><title>Log in</title></html>')
        : response.writeHead(302, { location: '/login' }).end(),
    )
    const { bench, url } = fixture
    expect(await rejection(bench.fetch({ url }))).toMatchObject({ code: 'html_instead_of_list' })
  })

  test('such as a page that comes byte by byte is refused before it is whole', async () => {
    await using fixture = await open((response) => {
      for (const piece of '<html><title>Log in</title>') response.write(piece)
      response.write('x'.repeat(20_000))
      // It never ends.
    })
    const { bench, url } = fixture
    expect(await rejection(bench.fetch({ url }))).toMatchObject({ code: 'html_instead_of_list' })
  })

  test('such as an error that echoes credentials says nothing of them', async () => {
    await using fixture = await open((response, { headers, path }) =>
      response
        .writeHead(401, `No ${headers['x-key']}`, { 'www-authenticate': `Basic realm="${path}"` })
        .end(`Wrong: ${JSON.stringify(headers)} ${path}`),
    )
    const { bench, url, server } = fixture
    const config = {
      url: `${url}?token=SECRET`,
      secret_query: { customer: 'SECRET' },
      secret_headers: { 'X-Key': 'SECRET' },
      username: 'me',
      password: 'SECRET',
    }
    for (const [status, name] of [
      [401, 'ForbiddenError'],
      [403, 'ForbiddenError'],
      [404, 'NotFoundError'],
      [418, 'InvalidError'],
    ] as const) {
      server.answer = (response, { headers, path }) =>
        response.writeHead(status).end(`Wrong: ${JSON.stringify(headers)} ${path}`)
      const error = await rejection(bench.fetch(config))
      expect(error).toMatchObject({ name, message: expect.stringContaining(server.host) })
      expect(Bun.inspect(error)).not.toMatch(/SECRET|U0VDUkVU/)
    }
  })

  test('such as nothing at all is refused for now', async () => {
    await using fixture = await open(giving('', { 'content-type': 'text/csv' }))
    const { bench, url } = fixture
    expect(await rejection(bench.fetch({ url }))).toMatchObject({
      name: 'UnavailableError',
      code: 'empty_file',
      message: expect.stringContaining(url),
    })
    expect(await bench.leftovers()).toEqual([])
  })

  test('such as a list without end is left where it is too large', async () => {
    let isOpen = true
    await using fixture = await open((response) => {
      response.on('close', () => {
        isOpen = false
      })
      const more = () => {
        while (isOpen && response.write('1;2;3;4;5;6\n'.repeat(1000))) {}
      }
      response.on('drain', more)
      more()
    })
    const { bench, url } = fixture
    expect(await rejection(bench.fetch({ url }))).toMatchObject({ code: 'file_too_large' })
    expect(await bench.leftovers()).toEqual([])
  })

  test('such as an answer with a header that breaks its line is taken or refused, and never believed', async () => {
    // What HTTP would not let a server of its own write.
    const raw = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () =>
        socket.end(
          'HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="a\rSet-Cookie: x\n/../b.csv"\r\nContent-Length: 3\r\n\r\na;b',
        ),
      )
    })
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve))
    try {
      await using bench = await openKindBench('http')
      const { port } = raw.address() as { port: number } // It listens.
      const fetching = bench.fetch({ url: `http://127.0.0.1:${port}/list.csv` })
      const ended = await fetching.then(
        (fetched) => ('fileName' in fetched ? fetched.fileName : ''),
        (error) => error.code,
      )
      expect(ended).not.toMatch(/[\r\n/]/)
      expect(ended).toMatch(/^(no_http_answer|server_failed|unreachable|cut_off|b\.csv|list\.csv|a)$/)
    } finally {
      raw.close()
    }
  }, 60_000)
})

describe('bytes are kept as they are', () => {
  test('whatever the type says of their characters', async () => {
    const latin = Buffer.from('Artikel;Größe\n1;groß\n', 'latin1')
    await using fixture = await open(giving(latin, { 'content-type': 'text/csv; charset=utf-16' }))
    const { bench, url } = fixture
    const fetched = await bench.fetched({ url })
    expect(fetched.origin.contentType).toBe('text/csv; charset=utf-16')
    expect(await bench.bytes(fetched)).toEqual(latin)
  })

  test('and a packed file stays packed, however much is in it', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    await using fixture = await open(giving(bomb, { 'content-type': 'application/gzip' }))
    const { bench, url } = fixture
    const fetched = await bench.fetched({ url: `${url}.gz` })
    expect(fetched).toMatchObject({ fileName: 'prices.csv.gz', received: { sizeBytes: bomb.length } })
    await fetched.received.discard()
  })
})

test('fetching ends when it is told to, and leaves nothing behind', async () => {
  const begun = Promise.withResolvers<void>()
  await using fixture = await open((response) => {
    response.write(`a;b\n${'1;2\n'.repeat(20_000)}`)
    begun.resolve()
  })
  const { bench, url } = fixture
  const stop = new AbortController()
  const fetching = rejection(bench.fetch({ url }, { signal: stop.signal }))
  await begun.promise
  stop.abort(new Error('enough'))
  expect(await fetching).toMatchObject({ message: 'enough' })
  expect(await bench.leftovers()).toEqual([])
})

test('a server that sends nothing more is left', async () => {
  await using fixture = await open((response) => void response.write('a;b\n'))
  const { bench, url } = fixture
  expect(await rejection(bench.fetch({ url, idle_seconds: 1 }))).toMatchObject({ code: 'timed_out' })
  expect(await bench.leftovers()).toEqual([])
}, 60_000)

test('a connection ends with the fetch, also where nothing could be kept of what it brings', async () => {
  const closed = Promise.withResolvers<void>()
  await using fixture = await open((response) => {
    response.on('close', () => closed.resolve())
    response.write('a;b\n')
  })
  const { bench, url } = fixture
  const receive = () => Promise.reject(new Error('no room'))
  const copy = receive
  expect(await rejection(bench.fetch({ url }, { archive: { receive, copy } }))).toMatchObject({
    message: 'no room',
  })
  await closed.promise
})
