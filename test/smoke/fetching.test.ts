import { describe, expect, test } from 'bun:test'
import { makeCertificate } from '../helpers/certificate.ts'
import { startFtpServer } from '../helpers/ftp-server.ts'
import { testKey } from '../helpers/sealer.ts'
import { sftpPassword, startSftpServer } from '../helpers/sftp-server.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'
import { until } from '../helpers/until.ts'
import { executable, firstMatch } from './child.ts'

/** Libraries that look for their parts beside them, or for parts in C, are easily broken by a build. */
describe.skipIf(executable === null)('the executable', () => {
  test('fetches lists over FTP, FTPS and SFTP', async () => {
    await using folder = await temporaryDirectory()
    const served = folder.file('served')
    const certificate = makeCertificate(['127.0.0.1'])
    const tls = (mode: 'explicit' | 'implicit') => ({ tls: { mode, certificate } })
    await using plain = await startFtpServer(served)
    await using explicit = await startFtpServer(served, tls('explicit'))
    await using implicit = await startFtpServer(served, tls('implicit'))
    await using ssh = await startSftpServer(served)
    const service = Bun.spawn([executable!, 'serve'], {
      cwd: folder.path,
      env: {
        PORT: '0',
        TALLYMAN_PRIVATE_HOSTS: '127.0.0.1',
        TALLYMAN_SECRET_KEY: testKey,
      },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    try {
      const url = await firstMatch(service.stdout, /"message":"listening","url":"(http:[^"]+)"/)
      for (const [name, kind, config] of [
        ['plain', 'ftp', { port: plain.port, password: 'geheim' }],
        [
          'explicit',
          'ftp',
          { port: explicit.port, password: 'geheim', tls: 'explicit', certificate: certificate.cert },
        ],
        [
          'implicit',
          'ftp',
          { port: implicit.port, password: 'geheim', tls: 'implicit', certificate: certificate.cert },
        ],
        ['ssh', 'sftp', { port: ssh.port, password: sftpPassword }],
      ] as const) {
        await Bun.write(`${served}/list.csv`, `sku;name;price\n${name};A ${name};1,50 €\n`)
        const source = {
          supplier: 'Acme',
          name,
          kind,
          config: {
            host: '127.0.0.1',
            username: 'acme',
            path: '/',
            files: '*.csv',
            settle_seconds: 0.1,
            ...config,
          },
        }
        const triggered = await fetch(new URL('api/v1/ingestion/trigger', url), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ source }),
        })
        expect([name, triggered.status]).toEqual([name, 202])
        const ended = await until(async () => {
          const { imports } = (await (await fetch(new URL('api/v1/imports?limit=1', url))).json()) as {
            imports: { status: string; source: string; error: unknown }[]
          }
          const [last] = imports
          return last?.source === name && !['pending', 'running'].includes(last.status) ? last : null
        })
        expect(ended).toMatchObject({ status: 'completed' })
      }
    } finally {
      service.kill('SIGKILL')
    }
  }, 120_000)
})
