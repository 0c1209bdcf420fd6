import type postgres from 'postgres'
import { systemErrorCode } from '../lib/errors.ts'

/**
 * Runs the work in one transaction. When the connection is lost, nothing more is said on it, and the transaction has
 * failed; whether it was committed is not known when the loss falls into the commit.
 *
 * postgres.js goes on with a transaction whose connection is gone: it sends a rollback into a socket that is no more
 * (an uncaught TypeError), and hands the work's next statements to whoever got the connection's place, where they are
 * committed one by one. So those are refused here, and the driver is kept from its rollback by never being answered.
 */
export async function transact<Result>(
  client: postgres.Sql,
  work: (tx: postgres.TransactionSql) => Promise<Result>,
): Promise<Result> {
  const lost = Promise.withResolvers<never>()
  let loss: unknown = null
  const lose = (error: unknown) => {
    loss ??= error
    lost.reject(error)
  }

  const begun = client.begin(async (tx) => {
    const unsafe: typeof tx.unsafe = tx.unsafe.bind(tx)
    tx.unsafe = <Row extends postgres.Row[]>(...statement: Parameters<typeof unsafe>) => {
      if (loss !== null) throw loss
      const query = unsafe<Row>(...statement)
      // Begun by this, at the end of the current step, so the caller can still say how it wants its rows.
      query.catch((error) => isConnectionLost(error) && lose(error))
      return query
    }
    const value = await work(tx).catch(async (error) => {
      // The driver tells the statement first, and then the transaction.
      await nextStep()
      if (loss === null) throw error
    })
    // Wrapped, since the driver would wait for each promise of a list.
    return loss === null ? { value } : new Promise<never>(() => {})
  })
  // A connection may also be lost between two statements.
  const ended = begun.then(
    ({ value }) => value as Result,
    (error) => {
      loss ??= error
      throw error
    },
  )
  lost.promise.catch(() => {})
  return Promise.race([ended, lost.promise])
}

/** The driver's own words for a connection that ended, and the system's. */
function isConnectionLost(error: unknown): boolean {
  return /^(CONNECTION_|CONNECT_TIMEOUT$|E[A-Z]+$|57P0|08)/.test(systemErrorCode(error) ?? '')
}

const nextStep = () => new Promise((resolve) => setImmediate(resolve))
