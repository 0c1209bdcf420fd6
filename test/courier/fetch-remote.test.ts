import { describe, expect, test } from 'bun:test'
import { utimes } from 'node:fs/promises'
import { openCourierBench, published } from '../helpers/courier-bench.ts'
import { engines } from '../helpers/engines.ts'
import { startFtpServer } from '../helpers/ftp-server.ts'
import { makeKey, sftpPassword, startSftpServer } from '../helpers/sftp-server.ts'

const long = new Date('2026-10-20T01:00:00Z')

for (const engine of engines) {
  describe(engine, () => {
    test('what an SFTP server has is fetched once, and its key is known from then on', async () => {
      await using bench = await openCourierBench(engine)
      const served = `${bench.bench.folder}/served`
      await Bun.write(`${served}/list.csv`, 'a')
      await utimes(`${served}/list.csv`, long, long)
      const key = makeKey()
      const rows = (sql: string) => bench.bench.rows(sql)
      const config = { host: '127.0.0.1', username: 'acme', password: sftpPassword, path: '/list.csv' }
      let port = 0
      {
        await using server = await startSftpServer(served, { hostKeys: [key] })
        port = server.port
        const first = await bench.trigger({ ...config, port }, { kind: 'sftp' })
        const handed = await bench.handed()
        expect(await Bun.file(handed.task.path).text()).toBe('a')
        await published(bench, handed)
        handed.end({ status: 'done' })
        await bench.settled(first, 'succeeded')
        const again = await bench.trigger({ ...config, port }, { kind: 'sftp' })
        expect(await bench.settled(again, 'succeeded')).toMatchObject({ importStatus: 'unchanged' })
        expect(server.asked.filter((asked) => asked.startsWith('OPEN '))).toHaveLength(1)
      }
      await using _other = await startSftpServer(served, { port })
      const refused = await bench.trigger({ ...config, port }, { kind: 'sftp' })
      expect(await bench.settled(refused, 'dead')).toMatchObject({
        error: { kind: 'authentication', code: 'host_key_changed' },
      })
      // Nothing of what was refused is learned, and no password is in any row.
      const [source] = await rows('select * from sources')
      expect(JSON.stringify(source)).toContain(key.fingerprint)
      for (const table of ['sources', 'imports', 'jobs'])
        expect(JSON.stringify(await rows(`select * from ${table}`))).not.toContain(sftpPassword)
    }, 60_000)

    test('the key of an SFTP server that could not be fetched from is known from then on too', async () => {
      await using bench = await openCourierBench(engine)
      const served = `${bench.bench.folder}/served`
      const key = makeKey()
      await using server = await startSftpServer(served, { hostKeys: [key] })
      const config = { host: '127.0.0.1', port: server.port, username: 'acme', path: '/list.csv' }
      const job = await bench.trigger({ ...config, password: 'canary-1' }, { kind: 'sftp' })
      expect(await bench.settled(job, 'dead')).toMatchObject({ error: { code: 'not_authorized' } })
      const [source] = await bench.bench.rows('select * from sources')
      expect(JSON.stringify(source)).toContain(key.fingerprint)
    }, 60_000)

    test('an FTP server that has no list just now is no reason to begin again and again', async () => {
      await using bench = await openCourierBench(engine)
      const served = `${bench.bench.folder}/served`
      await Bun.write(`${served}/README`, 'none yet')
      await using server = await startFtpServer(served)
      const config = { host: '127.0.0.1', username: 'acme', password: 'geheim', path: '/', files: '*.csv' }
      const job = await bench.trigger({ ...config, port: server.port }, { kind: 'ftp' })
      expect(await bench.settled(job, 'dead')).toMatchObject({
        error: { kind: 'validation', code: 'no_such_file' },
        attempt: 1,
      })
    }, 60_000)
  })
}
