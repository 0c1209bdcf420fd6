import { atLeastOne, type Figure, never } from './figure.ts'
import { asChild } from './ssrf.ts'

/** How an FTP server, or who names one, may lead to an address that nobody may connect to. */
export const ftpWays = ['host', 'PASV', 'EPSV'] as const

export interface FtpElsewhere {
  forms: number
  fetches: number
  /** Different addresses that were connected to, where nothing kept anybody from it. */
  reached: number
  /** Fetched from the server itself, whatever address it named. */
  fromItself: number
  refused: number
  /** What ended otherwise, in words. */
  otherwise: string[]
  /** To forbidden addresses. */
  connections: number
}

/** Fetches from an FTP server that names forbidden addresses for its data, and from such addresses. */
export async function ftpElsewhere({ step }: { step: number }): Promise<Figure[]> {
  const { text, where } = await asChild('ftp-elsewhere', step)
  // It is what our own child has printed.
  const found = JSON.parse(text) as FtpElsewhere
  for (const line of found.otherwise.slice(0, 20)) console.error(`ended otherwise: ${line}`)
  return [
    {
      scenario: 'forbidden addresses, FTP',
      where,
      facts: {
        forms: found.forms,
        ways: ftpWays.length,
        fetches: found.fetches,
        'addresses reached without the guard': found.reached,
      },
      goals: [
        never('connections', found.connections),
        never('ended otherwise', found.otherwise.length),
        atLeastOne('refused', found.refused),
        atLeastOne('fetched from the server itself', found.fromItself),
        atLeastOne('reached without the guard', found.reached),
      ],
    },
  ]
}
