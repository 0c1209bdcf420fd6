import type { RemoteSession } from './session.ts'

/** Longest time until the name of a server has become an address. */
export const resolvingMs = 10_000

/** A server that files are fetched from, as a kind describes it. */
export interface Remote {
  /** Name and port. */
  host: string
  /** Connects and logs in. @throws an AppError; nothing is left open then */
  open(signal: AbortSignal): Promise<RemoteSession>
}

/** A connection to a server that is made when it is needed, and again when it was lost. */
export interface Line {
  session(): Promise<RemoteSession>
  /** At once. Never throws. */
  close(): void
}

export function openLine(remote: Remote, signal: AbortSignal): Line {
  let session: RemoteSession | null = null
  return {
    async session() {
      if (session?.isOpen) return session
      session?.close()
      session = await remote.open(signal)
      return session
    },
    close: () => session?.close(),
  }
}
