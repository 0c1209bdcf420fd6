import type { Actor } from './model.ts'

/** The session that a browser's cookie opened. */
export interface Session {
  id: string
  /** SHA-256 of what the cookie holds, in hex. */
  tokenHash: string
  /** What requests that change something have to send along: see secret-token.ts. */
  csrf: string
}

/** Where a request comes from. */
export interface Origin {
  /** Null: it cannot be told. */
  address: string | null
  /** The browser's word for itself. */
  userAgent: string | null
  /** Whether cookies may be such that browsers send by TLS only. */
  isSecure: boolean
}

/** Who asked for what is being answered: told where a request comes in, asked where it is carried out. */
export interface Who {
  /** @throws Error when nobody has said, which is a mistake of ours */
  of(request: Request): Actor
  /** Null: they showed a token, or nothing. */
  session(request: Request): Session | null
  origin(request: Request): Origin
  /** Looks whether they might ask for the same now; that is no use of their session or token. */
  mayStill(request: Request): Promise<boolean>
  /** @param mayStill left out: they may for as long as they read */
  is(request: Request, actor: Actor, session?: Session | null, mayStill?: () => Promise<boolean>): void
  /** @param origin asked for when somebody wants to know, which few do */
  comesFrom(request: Request, origin: () => Origin): void
}

/** Remembers it for as long as the request is there. */
export function openWho(): Who {
  const actors = new WeakMap<
    Request,
    { actor: Actor; session: Session | null; mayStill: (() => Promise<boolean>) | null }
  >()
  const origins = new WeakMap<Request, () => Origin>()
  return {
    of(request) {
      const known = actors.get(request)
      if (known === undefined) throw new Error(`Nobody is known to ask for ${request.method} ${request.url}.`)
      return known.actor
    },
    session: (request) => actors.get(request)?.session ?? null,
    origin: (request) => origins.get(request)?.() ?? { address: null, userAgent: null, isSecure: true },
    mayStill: async (request) => (await actors.get(request)?.mayStill?.()) ?? true,
    is(request, actor, session = null, mayStill) {
      actors.set(request, { actor, session, mayStill: mayStill ?? null })
    },
    comesFrom(request, origin) {
      origins.set(request, origin)
    },
  }
}
