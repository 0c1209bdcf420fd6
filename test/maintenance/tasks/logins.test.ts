import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { newSecret, secretHash } from '../../../src/auth/secret-token.ts'
import { userStore } from '../../../src/auth/user-store.ts'
import { ahead, openTask } from '../../helpers/cleanups.ts'
import { openProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'

setDefaultTimeout(60_000)

const day = 24 * 60 * 60 * 1000

for (const engine of engines)
  describe(engine, () => {
    test('sessions that have ended go, tokens a month after, and failures after a day; the rest stays', async () => {
      await using program = await openProgram(engine)
      const { app, task, parts } = await openTask(program, 'logins')
      try {
        const { db } = app
        const ago = (days: number) => new Date(Date.now() - days * day)
        const { id } = await db.tx(({ query }) =>
          userStore({ query, tables: db.tables }).add(
            { name: 'Ada', passwordHash: 'x', role: 'admin' },
            ago(100),
          ),
        )
        let made = 0
        const session = (seenDaysAgo: number, endsInDays: number) =>
          db.run(
            `insert into sessions (token_hash, id, user_id, created_at, last_seen_at, expires_at)
             values ($1, $2, $3, $4, $5, $6)`,
            [secretHash(newSecret('session')), `s${made++}`, id, ago(40), ago(seenDaysAgo), ago(-endsInDays)],
          )
        await session(0.1, 5)
        await session(0.1, -0.1)
        await session(0.6, 5)
        const token = (revoked: number | null, expires: number | null) =>
          db.run(
            `insert into api_tokens (id, user_id, name, token_hash, beginning, scopes, created_at, revoked_at, expires_at)
             values ($1, $2, 'x', $3, 'x', '["read"]', $4, $5, $6)`,
            [
              `t${made++}`,
              id,
              secretHash(newSecret('token')),
              ago(100),
              revoked === null ? null : ago(revoked),
              expires === null ? null : ago(expires),
            ],
          )
        await token(null, null)
        await token(29, null)
        await token(31, null)
        await token(null, 29)
        await token(null, 31)
        const failure = (subject: string, daysAgo: number) =>
          db.run('insert into sign_in_failures (subject, failures, since) values ($1, 1, $2)', [
            subject,
            ago(daysAgo),
          ])
        await failure('account/a', 0.5)
        await failure('account/b', 1.5)
        await failure('address/c', 1.5)
        await failure('known/d/e', 29)
        await failure('known/d/f', 31)
        await db.run('insert into setup_tokens (token_hash, created_at) values ($1, $2)', ['x', ago(2)])
        const expected = { deleted: { sessions: 2, tokens: 2, failures: 3, setup_tokens: 1 } }
        expect(await task.run(parts, ahead(0, true))).toMatchObject(expected)
        expect(await task.run(parts, ahead(0))).toMatchObject(expected)
        expect(await task.run(parts, ahead(0))).toMatchObject({ deleted: {} })
        const left = await Promise.all(
          ['sessions', 'api_tokens', 'sign_in_failures'].map(
            async (table) => (await db.all(`select 1 as x from ${table}`)).length,
          ),
        )
        expect(left).toEqual([1, 3, 2])
      } finally {
        await app.close()
      }
    })
  })
