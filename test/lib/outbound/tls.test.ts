import { expect, test } from 'bun:test'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeCertificate } from '../../helpers/certificate.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'
import { openWebServer, page } from '../../helpers/web-server.ts'

interface TlsServer extends AsyncDisposable {
  port: number
  cert: string
  connections(): number
}

async function openTlsServer(names: string[], days = 1, location: string | null = null): Promise<TlsServer> {
  const certificate = makeCertificate(names, { days })
  const server = createServer(certificate, (_request, response) => {
    if (location === null) response.end('list')
    else response.writeHead(302, { location }).end()
  })
  let connections = 0
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // It listens on an address, not on a pipe.
    port: (server.address() as AddressInfo).port,
    cert: certificate.cert,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Asks in a process of its own, since what is trusted is read when one starts. */
async function asked(urls: string[], trusted: string[] = []): Promise<Record<string, unknown>[]> {
  await using folder = await temporaryDirectory()
  await Bun.write(folder.file('trusted.pem'), trusted.join(''))
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/../../helpers/children/ask.ts`, ...urls], {
    env: { ...process.env, ...(trusted.length > 0 && { NODE_EXTRA_CA_CERTS: folder.file('trusted.pem') }) },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const lines = (await new Response(child.stdout).text()).trim().split('\n')
  return lines.map((line) => JSON.parse(line))
}

test('a certificate is that of the name, though the address is connected to', async () => {
  await using server = await openTlsServer(['here.example'])
  const urls = ['here.example', 'there.example', '127.0.0.1'].map((host) => `https://${host}:${server.port}/`)
  const [here, there, address] = await asked(urls, [server.cert])
  expect(here).toEqual({ status: 200 })
  for (const told of [there, address])
    expect(told).toMatchObject({
      code: 'tls_failed',
      message: expect.stringContaining('is that of another host'),
    })
}, 60_000)

test('what nobody has signed, or has expired, is said to be so and not tried again', async () => {
  await using alone = await openTlsServer(['here.example'])
  await using old = await openTlsServer(['here.example'], -9)
  const urls = [alone, old].map(({ port }) => `https://here.example:${port}/`)
  const [unknown, expired] = await asked(urls, [old.cert])
  expect(unknown).toMatchObject({
    name: 'InvalidError',
    code: 'tls_failed',
    message: `No safe connection to https://here.example:${alone.port} can be made: its certificate is signed by nobody but itself.`,
  })
  expect(expired).toMatchObject({ code: 'tls_failed', message: expect.stringContaining('has expired') })
  expect([alone.connections(), old.connections()]).toEqual([1, 1])
}, 60_000)

test('a server that speaks no TLS is told so', async () => {
  await using plain = await openWebServer({})
  const [told] = await asked([`https://here.example:${plain.url.port}/`])
  expect(told).toMatchObject({ code: 'tls_failed' })
}, 60_000)

test('nobody is led from a safe connection to one that is not, but the other way', async () => {
  await using plain = await openWebServer({ '/': page('plain') })
  await using down = await openTlsServer(['here.example'], 1, plain.url.href)
  await using up = await openTlsServer(['here.example'])
  await using first = await openWebServer({
    '/': (_, response) => response.writeHead(301, { location: `https://here.example:${up.port}/` }).end(),
  })
  const [refused, followed] = await asked(
    [`https://here.example:${down.port}/`, first.url.href],
    [down.cert, up.cert],
  )
  expect(refused).toMatchObject({ code: 'redirect_refused' })
  expect(followed).toEqual({ status: 200 })
  expect(plain.connections()).toBe(0)
}, 60_000)
